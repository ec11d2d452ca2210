import { test } from '@playwright/test'

test('the first test', () => import('../first-test.js'))
