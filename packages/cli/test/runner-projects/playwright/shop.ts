import { test as base } from '@playwright/test'
import { flask } from 'devlaunch'
import { serverFixtures } from 'devlaunch/playwright'

export const test = base.extend(serverFixtures(flask, { cwd: 'shop' }))
