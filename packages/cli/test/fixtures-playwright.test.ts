import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { flask } from '@devlaunch/flask'
import { expect, test } from 'vitest'
import { webServer } from '../src/playwright.ts'
import { newest } from './kit/cli.ts'
import { broken, importError, signals } from './kit/endings.ts'
import { runnerProject } from './kit/runner.ts'
import { serving } from './kit/serving.ts'

const products = 'products.spec.ts'

test('the example of the documents passes', async () => {
  await using project = await runnerProject('playwright')
  const runner = project.run()
  const { code, output } = await runner.ended
  expect(output).toContain('1 passed')
  expect(code).toBe(0)
  await runner.gone()
})

const failing = `
import { expect } from '@playwright/test'
import { test } from './shop.ts'
test('knows tea', async ({ request, server }) => {
  expect((await request.get('/products/tea')).status()).toBe(200)
  while (!server.logs.all.some((line) => line.includes('tea'))) await new Promise((wake) => setTimeout(wake, 10))
})
test('knows coffee', async ({ request }) => {
  expect((await request.get('/products/coffee')).status()).toBe(200)
})
`

test('to a test that fails is attached what the server has printed since it began', async () => {
  await using project = await runnerProject('playwright')
  await project.write(products, failing)
  const runner = project.run()
  const { code, output } = await runner.ended
  expect(output).toMatch(
    /attachment #1: server log[\s\S]*ERROR in app[\s\S]*the end of the server log[\s\S]*KeyError: 'coffee'/,
  )
  expect(output).not.toContain('GET /products/tea')
  expect(code).toBe(1)
  await runner.gone()
})

test('a server that cannot start shows the exception first', async () => {
  await using project = await runnerProject('playwright')
  await project.write('shop/app.py', broken)
  const runner = project.run()
  const { code, output } = await runner.ended
  expect(output).toMatch(importError)
  expect(code).toBe(1)
  await runner.gone()
})

const endless = `
import { test } from './shop.ts'
test('never ends', async ({ server }) => {
  test.setTimeout(0)
  console.log('serving on', server.url)
  await new Promise(() => {})
})
`

test.for(signals)('nothing is left of a runner that got %s in a test', async (signal) => {
  await using project = await runnerProject('playwright')
  await project.write(products, endless)
  const runner = project.run()
  await runner.until(/serving on/)
  expect(runner.servers()).not.toEqual([])
  runner.kill(signal)
  await runner.gone()
})

test.for([
  [
    'a test times out',
    `test('hangs', async () => { test.setTimeout(2000); await new Promise(() => {}) })`,
    /timeout of 2000ms exceeded/,
  ],
  ['set-up throws', `test.beforeAll(({ server }) => { throw new Error('no stock') })`, /no stock/],
] as const)('nothing is left when %s', async ([, code, said]) => {
  await using project = await runnerProject('playwright')
  await project.write(
    products,
    `import { test } from './shop.ts'\n${code}\ntest('runs', ({ server }) => {})\n`,
  )
  const runner = project.run()
  const { code: status, output } = await runner.ended
  expect(output).toMatch(said)
  expect(status).toBe(1)
  await runner.gone()
})

const own = ['--config', 'web-server.config.ts']

test("Playwright's own webServer: the example of the documents passes", async () => {
  await using project = await runnerProject('playwright')
  const runner = project.run(own)
  const { code, output } = await runner.ended
  expect(output).toContain('1 passed')
  expect(code).toBe(0)
  await runner.gone()
})

test("Playwright's own webServer: what a person has started in that folder goes on", async () => {
  await using project = await runnerProject('playwright')
  const { running, url } = await serving(['flask', '--python', newest()], { cwd: join(project.path, 'shop') })
  const runner = project.run(own)
  const { code, output } = await runner.ended
  expect(output).toContain('1 passed')
  expect(code).toBe(0)
  await runner.gone()
  expect((await fetch(url)).status).toBe(200)
  running.kill()
  await running
})

test("Playwright's own webServer: an app that cannot be imported ends the run at once", async () => {
  await using project = await runnerProject('playwright')
  await project.write('shop/app.py', broken)
  const runner = project.run(own)
  const { code, output } = await runner.ended
  expect(output).toMatch(/ModuleNotFoundError: No module named 'not_there'/)
  expect(output).toMatch(/was not able to start/)
  expect(code).toBe(1)
  await runner.gone()
})

test("Playwright's own webServer: every word reaches the command line through the shell", async () => {
  const { command, name, env } = webServer(flask, {
    target: `app:make("it's")`,
    port: 8123,
    timeout: 2500,
    env: { STOCK: 'none' },
    options: ['--env-file', 'a b'],
    args: ['--with-threads'],
  })
  const shown = spawnSync('sh', ['-c', `for word in ${command}; do echo "$word"; done`], { encoding: 'utf8' })
  expect(shown.stdout.split('\n').slice(2, -1)).toEqual([
    ...['flask', `app:make("it's")`, '--no-reload', '--timeout', '2.5', '--port', '8123', '--strict-port'],
    ...[`--with-parent=${process.pid}`, '--env-file', 'a b', '--', '--with-threads'],
  ])
  expect({ name, env }).toEqual({ name: 'flask', env: { STOCK: 'none' } })
})

const waiting = `
import { test } from '@playwright/test'
test('never ends', async ({ baseURL }) => {
  test.setTimeout(0)
  console.log('serving on', baseURL)
  await new Promise(() => {})
})
`

test.for(signals)("Playwright's own webServer: nothing is left after %s", async (signal) => {
  await using project = await runnerProject('playwright')
  await project.write('greeting.spec.ts', waiting)
  const runner = project.run(own)
  await runner.until(/serving on http/)
  expect(runner.servers()).not.toEqual([])
  runner.kill(signal)
  await runner.gone()
})
