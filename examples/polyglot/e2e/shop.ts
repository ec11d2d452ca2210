import { test as base } from '@playwright/test'
import { launch, type Server } from 'devlaunch'
import { serveWeb } from './web.ts'

interface Shop {
  readonly catalog: Server
  readonly orders: Server
  readonly url: string
}

/** Each worker has a shop of its own, on free ports; it is closed whatever its tests do. */
export const test = base.extend<{ logs: undefined }, { shop: Shop }>({
  shop: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this text
    async ({}, use) => {
      await using catalog = await launch('catalog')
      await using orders = await launch('orders')
      await using web = await serveWeb(catalog.url, orders.url)
      await use({ catalog, orders, url: web.url })
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: ({ shop }, use) => use(shop.url),
  logs: [
    async ({ shop: { catalog, orders } }, use, test) => {
      await use(undefined)
      if (test.status === test.expectedStatus) return
      for (const [name, { logs }] of Object.entries({ catalog, orders })) {
        await test.attach(`${name} log`, { body: logs.all.join('\n'), contentType: 'text/plain' })
      }
    },
    { auto: true },
  ],
})
