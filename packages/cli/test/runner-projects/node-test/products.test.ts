import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flask, launch } from 'devlaunch'

test('lists the products', async ({ signal }) => {
  await using server = await launch(flask, { cwd: 'shop', signal }) // a timeout stops it too
  const response = await server.fetch('/products')
  assert.deepEqual(await response.json(), [{ name: 'tea', price: 3 }])
})
