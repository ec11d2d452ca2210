import { expect, test } from '@playwright/test'

test('greets', async ({ request }) => {
  const response = await request.get('/')
  expect(await response.text()).toBe('the shop\n')
})
