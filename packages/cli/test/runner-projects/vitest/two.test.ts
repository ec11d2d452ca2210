import { http } from 'devlaunch'
import { serverFixture } from 'devlaunch/vitest'
import { expect } from 'vitest'
import { test as base } from './shop.ts'

const { server: files } = serverFixture(http, { directory: 'shop' })
const test = base.extend({ files })

test('serves the source, too', async ({ server, files }) => {
  const response = await files.fetch('/app.py')
  expect(await response.text()).toContain('def products')
  expect(files.url).not.toBe(server.url)
})
