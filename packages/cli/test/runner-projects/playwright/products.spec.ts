import { expect } from '@playwright/test'
import { test } from './shop.ts'

test('lists the products', async ({ request }) => {
  const response = await request.get('/products') // below the server's own URL
  expect(await response.json()).toEqual([{ name: 'tea', price: 3 }])
})
