import { networkInterfaces } from 'node:os'
import { expect } from '@playwright/test'
import { launch } from 'devlaunch'
import { test } from './shop.ts'
import { serveWeb } from './web.ts'

test('the page shows what Django sells', async ({ page, request, shop }) => {
  const response = await request.get(`${shop.catalog.url}/api/catalog/products`)
  const { products } = await response.json()
  await page.goto('/')
  const names = products.map(({ name }: { name: string }) => name)
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(names)
})

test('an order reaches FastAPI, and its progress comes back', async ({ page, request, shop }) => {
  await page.goto('/')
  await page.getByLabel('Your name').fill('Ada')
  await page.getByRole('button', { name: 'Order Rye loaf' }).click()
  await expect(page.getByText('Rye loaf for Ada: ready')).toBeVisible()
  const response = await request.get(`${shop.orders.url}/api/orders`)
  expect(await response.json()).toContainEqual(
    expect.objectContaining({ customer: 'Ada', product: 'Rye loaf', status: 'ready' }),
  )
})

test('what others order appears by itself', async ({ page, request, shop }) => {
  await page.goto('/')
  await expect(page.getByRole('status')).toHaveText('Live')
  const order = { customer: 'Grace', product: 'Plum tart' }
  await request.post(`${shop.orders.url}/api/orders`, { data: order })
  await expect(page.getByText('Plum tart for Grace')).toBeVisible()
})

test('an order without a name is not sent', async ({ page }) => {
  await page.goto('/')
  let sent = false
  page.on('request', (request) => {
    sent ||= request.method() === 'POST'
  })
  await page.getByRole('button', { name: 'Order Plum tart' }).click()
  await expect(page.getByLabel('Your name')).toBeFocused()
  expect(sent).toBe(false)
})

test('a catalog that has ended is told of', async ({ page, shop }) => {
  await using catalog = await launch('catalog')
  await using web = await serveWeb(catalog.url, shop.orders.url)
  await catalog.stop()
  await page.goto(web.url)
  await expect(page.getByRole('alert')).toContainText('The catalog can’t be reached.')
})

test('the products are there after another try', async ({ page }) => {
  await page.route('/api/catalog/products', (route) => route.fulfill({ status: 502 }), { times: 1 })
  await page.goto('/')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'Rye loaf' })).toBeVisible()
  await expect(page.getByRole('alert')).toBeHidden()
})

test('both APIs listen on loopback, and nowhere else', async ({ shop }) => {
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const server of [shop.catalog, shop.orders]) {
    const { port } = new URL(server.url)
    const listeners = (await server.sockets()).map(({ address, port }) => `${address}:${port}`)
    expect(listeners).toEqual([`127.0.0.1:${port}`])
    for (const { address } of others) {
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow()
    }
  }
})
