import { expect, test } from '@jest/globals'
import { flask } from 'devlaunch'
import { useServer } from 'devlaunch/jest'

const shop = useServer(flask, { cwd: 'shop' })

test('lists the products', async () => {
  const response = await shop.server.fetch('/products')
  expect(await response.json()).toEqual([{ name: 'tea', price: 3 }])
})
