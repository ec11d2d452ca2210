import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { flask, launch, type Server } from 'devlaunch'

let server: Server | undefined

before(async () => {
  server = await launch(flask, { cwd: 'shop' })
})
after(() => server?.stop())

test('greets', async () => {
  const response = await server?.fetch('/')
  assert.equal(await response?.text(), 'the shop\n')
})

test('knows no coffee', async () => {
  const response = await server?.fetch('/products/coffee')
  assert.equal(response?.status, 500)
})
