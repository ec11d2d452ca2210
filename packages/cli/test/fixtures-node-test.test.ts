import { expect, test } from 'vitest'
import { broken, importError } from './kit/endings.ts'
import { runnerProject } from './kit/runner.ts'

test('the examples of the documents pass', async () => {
  await using project = await runnerProject('node-test')
  const runner = project.run()
  const { code, output } = await runner.ended
  expect(output).toMatch(/pass 3\b/)
  expect(code).toBe(0)
  await runner.gone()
})

test('a server that cannot start shows the exception first', async () => {
  await using project = await runnerProject('node-test')
  await project.write('shop/app.py', broken)
  const runner = project.run()
  const { code, output } = await runner.ended
  expect(output).toMatch(importError)
  expect(code).toBe(1)
  await runner.gone()
})

const start = `
import { test } from 'node:test'
import { flask, launch } from 'devlaunch'
`

const endless = (timeout: string) => `${start}
test('serves', async (context) => {
  await using server = await launch(flask, { cwd: 'shop', signal: context.signal })
  console.log('serving on', server.url)
  await context.test('never ends', { timeout: ${timeout} }, () => new Promise(() => {}))
})
`

/** Node tells the processes of the files of a SIGTERM, not of a SIGKILL: they go on until their tests end. */
test.for([
  ['SIGTERM', 'with a process for each file', 'Infinity', []],
  ['SIGKILL', 'with a process for each file, and a timeout', '10_000', []],
  ['SIGKILL', 'with all in one process', 'Infinity', ['--test-isolation=none']],
] as const)('nothing is left of a runner that got %s in a test, %s', async ([signal, , timeout, words]) => {
  await using project = await runnerProject('node-test')
  await project.write('products.test.ts', endless(timeout))
  const runner = project.run(words)
  await runner.until(/serving on/)
  expect(runner.servers()).not.toEqual([])
  runner.kill(signal)
  await runner.gone()
})

test.for([
  ['times out', `await new Promise(() => {})`, '2000'],
  ['throws', `throw new Error('no stock')`, 'Infinity'],
] as const)('nothing is left when a test %s', async ([, ends, timeout]) => {
  await using project = await runnerProject('node-test')
  await project.write(
    'products.test.ts',
    `${start}
test('asks', { timeout: ${timeout} }, async ({ signal }) => {
  await using server = await launch(flask, { cwd: 'shop', signal })
  ${ends}
})\n`,
  )
  const runner = project.run()
  const { code, output } = await runner.ended
  expect(output).toMatch(/(?:fail|cancelled) 1\b/)
  expect(code).toBe(1)
  await runner.gone()
})
