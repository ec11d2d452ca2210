import { launch } from '@devlaunch/core'
import { http } from '@devlaunch/http'
import { expect, test } from 'vitest'
import { matchers } from '../src/vitest.ts'
import { broken, importError, signals } from './kit/endings.ts'
import { runnerProject } from './kit/runner.ts'

const products = 'products.test.ts'

test('the example of the documents passes', async () => {
  await using project = await runnerProject('vitest')
  const runner = project.run()
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests +3 passed/)
  expect(output).not.toContain('GET /products')
  expect(code).toBe(0)
  await runner.gone()
})

test('one server is shared by all files', async () => {
  await using project = await runnerProject('vitest')
  const runner = project.run([], { PROJECT_CONFIG: 'vitest.shared.config.ts' })
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests +1 passed/)
  expect(code).toBe(0)
  await runner.gone()
})

const failing = `
import { expect } from 'vitest'
import { test } from './shop.ts'
test('knows tea', async ({ server }) => {
  expect((await fetch(server.url + '/products/tea')).status).toBe(200)
  while (!server.logs.all.some((line) => line.includes('tea'))) await new Promise((wake) => setTimeout(wake, 10))
})
test('knows coffee', async ({ server }) => {
  expect((await fetch(server.url + '/products/coffee')).status).toBe(200)
})
`

test('a test that fails shows what the server has printed since it began', async () => {
  await using project = await runnerProject('vitest')
  await project.write(products, failing)
  const runner = project.run(['products'])
  const { code, output } = await runner.ended
  expect(output).toContain("KeyError: 'coffee'")
  expect(output).not.toContain('GET /products/tea')
  expect(code).toBe(1)
  await runner.gone()
})

test('a server that cannot start shows the exception first', async () => {
  await using project = await runnerProject('vitest')
  await project.write('shop/app.py', `print('once', file=open('starts', 'a'))\n${broken}`)
  const runner = project.run(['products'])
  const { code, output } = await runner.ended
  expect(output).toMatch(importError)
  expect(output).toMatch(/Tests +2 failed/)
  expect(await project.read('shop/starts')).toBe('once\n')
  expect(code).toBe(1)
  await runner.gone()
})

test('a named server of the project is started as it is defined', async () => {
  await using project = await runnerProject('vitest')
  await project.write(
    'package.json',
    '{ "type": "module", "devlaunch": { "shop": { "server": "flask", "cwd": "shop" } } }',
  )
  await project.write(
    'shop.ts',
    `
import { serverFixture } from 'devlaunch/vitest'
import { test as base } from 'vitest'
export const test = base.extend(serverFixture('shop'))
`,
  )
  await project.write(
    products,
    `
import { expect } from 'vitest'
import { test } from './shop.ts'
test('greets', async ({ server }) => {
  expect(await (await server.fetch('/')).text()).toBe('the shop\\n')
})
`,
  )
  const runner = project.run(['products'])
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests +1 passed/)
  expect(code).toBe(0)
  await runner.gone()
})

const scopes = (scope: string) => `
import { flask } from 'devlaunch'
import { serverFixture } from 'devlaunch/vitest'
import { test as base } from 'vitest'
export const test = base.extend(serverFixture(flask, { cwd: 'shop', scope: '${scope}' }))
`

const noting = `
import { appendFileSync } from 'node:fs'
import { test } from './scope.ts'
for (const name of ['one', 'two'])
  test(name, ({ server }) => appendFileSync('pids', server.pid + '\\n'))
`

test.for([
  ['worker', 1],
  ['file', 2],
  ['test', 4],
] as const)('of two files with two tests in one worker, scope %s: %d servers', async ([scope, count]) => {
  await using project = await runnerProject('vitest')
  await project.write('scope.ts', scopes(scope))
  await project.write(products, noting)
  await project.write('more.test.ts', noting)
  const runner = project.run(['products', 'more', '--no-isolate', '--maxWorkers', '1'])
  const { code, output } = await runner.ended
  expect(output).toMatch(/Tests +4 passed/)
  expect(code).toBe(0)
  expect(new Set((await project.read('pids')).trim().split('\n')).size).toBe(count)
  await runner.gone()
})

const endless = `
import { test } from './shop.ts'
test('never ends', { timeout: 1_000_000 }, async ({ server }) => {
  console.log('serving on', server.url)
  await new Promise(() => {})
})
`

test.for(signals)('nothing is left of a runner that got %s in a test', async (signal) => {
  await using project = await runnerProject('vitest')
  await project.write(products, endless)
  const runner = project.run(['products', '--disable-console-intercept'])
  await runner.until(/serving on/)
  expect(runner.servers()).not.toEqual([])
  runner.kill(signal)
  await runner.gone()
})

test.for([
  ['a test times out', `test('hangs', { timeout: 2000 }, () => new Promise(() => {}))`, /timed out in 2000/],
  ['set-up throws', `test.beforeAll(({ server }) => { throw new Error('no stock') })`, /no stock/],
  [
    'a fixture throws',
    `const other = test.extend({ stock: async ({ server }, use) => { throw new Error('no stock') } })
other('asks', ({ stock }) => {})`,
    /no stock/,
  ],
] as const)('nothing is left when %s', async ([, code, said]) => {
  await using project = await runnerProject('vitest')
  await project.write(
    products,
    `import { test } from './shop.ts'\n${code}\ntest('runs', ({ server }) => {})\n`,
  )
  const runner = project.run(['products'])
  const { code: status, output } = await runner.ended
  expect(output).toMatch(said)
  expect(status).toBe(1)
  await runner.gone()
})

expect.extend(matchers)

test('the matcher lists the sockets that are wider', async () => {
  await using narrow = await launch(http)
  await expect(narrow).toListenOnlyOn('loopback')
  await expect(expect(narrow).not.toListenOnlyOn('loopback')).rejects.toThrow(/nothing wider than loopback/)
  await using wide = await launch(http, { host: '0.0.0.0', allow: ['public-bind'] })
  const { port } = new URL(wide.url)
  await expect(wide).not.toListenOnlyOn('lan')
  await expect(expect(wide).toListenOnlyOn('loopback')).rejects.toThrow(
    new RegExp(`wider than loopback:\\n  tcp 0\\.0\\.0\\.0:${port} \\(public\\): pid \\d+ `),
  )
  await wide.stop()
  await expect(expect(wide).toListenOnlyOn('lan')).rejects.toThrow(/listens nowhere/)
  await expect(expect({}).toListenOnlyOn('lan')).rejects.toThrow(/no server/)
})
