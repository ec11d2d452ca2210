import { join } from 'node:path'
import { expect, test } from 'vitest'
import { broken, importError, signals } from './kit/endings.ts'
import { runnerProject } from './kit/runner.ts'

const products = 'products.test.js'

const sources = ['--config', join(import.meta.dirname, 'kit/jest-from-source.config.js')]
/** What the documents say that tests in modules need. */
const modules = { NODE_OPTIONS: '--conditions=@devlaunch/source --experimental-vm-modules' }

test('the example of the documents passes', async () => {
  await using project = await runnerProject('jest')
  const runner = project.run(sources, modules)
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests: +1 passed/)
  expect(output).not.toContain('GET /products')
  expect(code).toBe(0)
  await runner.gone()
})

test('one server is shared by all files, without a flag of Node', async () => {
  await using project = await runnerProject('jest')
  const runner = project.run(['--config', 'jest.shared.config.js'])
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests: +1 passed/)
  expect(code).toBe(0)
  await runner.gone()
})

const commonJs = `
const { expect, test } = require('@jest/globals')
const { flask } = require('devlaunch')
const { useServer } = require('devlaunch/jest')
const shop = useServer(flask, { cwd: 'shop' })
test('greets', async () => {
  expect((await fetch(shop.url)).status).toBe(200)
})
`

const named = `
import { expect, test } from '@jest/globals'
import { useServer } from 'devlaunch/jest'
const shop = useServer('shop')
test('greets', async () => {
  expect(await (await shop.server.fetch('/')).text()).toBe('the shop\\n')
})
`

test.for([
  ['package.json', '{ "type": "module", "devlaunch": { "shop": { "server": "flask", "cwd": "shop" } } }'],
  ['devlaunch.config.js', `export default { shop: { server: 'flask', cwd: 'shop' } }`],
] as const)('a server that %s names is started as it is defined', async ([file, text]) => {
  await using project = await runnerProject('jest')
  await project.write(file, text)
  await project.write(products, named)
  const runner = project.run(sources, modules)
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests: +1 passed/)
  expect(code).toBe(0)
  await runner.gone()
})

test('a test in CommonJS can require it', async () => {
  await using project = await runnerProject('jest')
  await project.write('products.test.cjs', commonJs)
  const runner = project.run([...sources, '--testMatch', '**/products.test.cjs'], modules)
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests: +1 passed/)
  expect(code).toBe(0)
  await runner.gone()
})

const start = `
import { expect, test, beforeAll } from '@jest/globals'
import { flask } from 'devlaunch'
import { useServer } from 'devlaunch/jest'
const shop = useServer(flask, { cwd: 'shop' })
`

const failing = `${start}
test('knows tea', async () => {
  expect((await fetch(shop.url + '/products/tea')).status).toBe(200)
  while (!shop.server.logs.all.some((line) => line.includes('tea'))) await new Promise((wake) => setTimeout(wake, 10))
})
test('knows coffee', async () => {
  expect((await fetch(shop.url + '/products/coffee')).status).toBe(200)
})
`

test('a test that fails shows what the server has printed since it began', async () => {
  await using project = await runnerProject('jest')
  await project.write(products, failing)
  const runner = project.run(sources, modules)
  const { code, output } = await runner.ended
  expect(output).toContain("KeyError: 'coffee'")
  expect(output).not.toContain('GET /products/tea')
  expect(code).toBe(1)
  await runner.gone()
})

test('a server that cannot start shows the exception first', async () => {
  await using project = await runnerProject('jest')
  await project.write('shop/app.py', broken)
  const runner = project.run(sources, modules)
  const { code, output } = await runner.ended
  expect(output).toMatch(importError)
  expect(output).not.toContain('the server has printed')
  expect(code).toBe(1)
  await runner.gone()
})

test('the URL is known inside of tests', async () => {
  await using project = await runnerProject('jest')
  await project.write(products, `${start}\nshop.url\ntest('runs', () => {})\n`)
  const runner = project.run(sources, modules)
  expect((await runner.ended).output).toContain('runs only while its tests do')
  await runner.gone()
})

const endless = `${start}
test('never ends', async () => {
  process.stderr.write('serving on ' + shop.url + '\\n')
  await new Promise(() => {})
}, 1_000_000)
`

test.for(signals)('nothing is left of a runner with two workers that got %s', async (signal) => {
  await using project = await runnerProject('jest')
  await project.write(products, endless)
  await project.write(`more.${products}`, endless)
  const runner = project.run([...sources, '--maxWorkers', '2'], modules)
  await runner.until(/serving on[\s\S]*serving on/)
  expect(runner.servers()).not.toEqual([])
  runner.kill(signal)
  await runner.serversGone() // jest leaves its workers, until their tests end
})

test.for([
  ['a test times out', `test('hangs', () => new Promise(() => {}), 2000)`, /timeout of 2000 ms/],
  ['set-up throws', `beforeAll(() => { throw new Error('no stock') })`, /no stock/],
] as const)('nothing is left when %s', async ([, code, said]) => {
  await using project = await runnerProject('jest')
  await project.write(products, `${start}\n${code}\ntest('runs', () => {})\n`)
  const runner = project.run(sources, modules)
  const { code: status, output } = await runner.ended
  expect(output).toMatch(said)
  expect(status).toBe(1)
  await runner.gone()
})
