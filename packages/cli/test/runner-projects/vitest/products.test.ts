import { expect } from 'vitest'
import { test } from './shop.ts'

test('lists the products', async ({ server }) => {
  const response = await server.fetch('/products')
  expect(await response.json()).toEqual([{ name: 'tea', price: 3 }])
})

// #region matcher
test('listens on this machine alone', async ({ server }) => {
  await expect(server).toListenOnlyOn('loopback')
})
// #endregion
