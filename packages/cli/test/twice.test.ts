import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@devlaunch/testkit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { http, launch } from '../src/index.ts'
import { devlaunch, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { until } from './kit/until.ts'

let runtime: string
beforeEach(async () => {
  runtime = await mkdtemp(join(tmpdir(), 'devlaunch-twice-'))
  vi.stubEnv('XDG_RUNTIME_DIR', runtime)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(runtime, { recursive: true })
})

const words = ['http', '--python', newestPython()]

/** Starts it, and resolves when it is ready. */
async function ready(args: readonly string[], cwd: string) {
  const running = start([...words, ...args], { cwd })
  const text = await until(running, /Expose/)
  const [, url = ''] = /Local +(http:\S+?)\/?\s/.exec(text) ?? []
  return { running, url, text }
}

async function end(...all: readonly { readonly running: ReturnType<typeof start> }[]): Promise<void> {
  for (const { running } of all) {
    running.kill('SIGTERM')
    expect((await running).exitCode).toBe(143)
  }
}

test('the same in one folder is refused, with the URL of the first and exit code 9', async () => {
  await using folder = await project({ 'index.html': '', 'docs/index.html': '' })
  await using other = await project({ 'index.html': '' })
  const first = await ready([], folder.path)
  const again = await devlaunch(words, { cwd: folder.path })
  expect(again).toMatchObject({ code: 9, stdout: '' })
  expect(again.stderr).toMatch(
    new RegExp(
      `error RUNNING: http runs here already: ${first.url} \\(pid \\d+\\)\n▐ do {2}open that one, or`,
    ),
  )
  const { stdout, code } = await devlaunch([...words, '--json'], { cwd: folder.path })
  expect(JSON.parse(stdout)).toMatchObject({ event: 'error', code: 'RUNNING' })
  expect(code).toBe(9)
  const same = await devlaunch([...words, '--port', new URL(first.url).port], { cwd: folder.path })
  expect(same.code).toBe(9)

  const others = [
    await ready(['docs'], folder.path), // another target
    await ready([], other.path), // another folder
    await ready(['--port', `${await freePort()}`], folder.path), // another port, by name
    await ready([`--with-parent=${process.pid}`], folder.path), // a program's, such as Playwright's
  ]
  await end(first, ...others)
  await end(await ready([], folder.path))
})

test('--replace ends the first and takes its port', async () => {
  await using folder = await project({ 'index.html': '' })
  const first = await ready(['--port', `${await freePort()}`], folder.path)
  const second = await ready(['--replace'], folder.path)
  expect(second.url).toBe(first.url)
  expect(second.text).toMatch(new RegExp(`▐ replaced {2}http at ${first.url} \\(pid \\d+\\)`))
  const { exitCode, stderr } = await first.running
  expect(exitCode).toBe(0)
  expect(String(stderr)).toMatch(/somebody has asked for it: devlaunch stop, or --replace/)
  await end(second)
  await end(await ready(['--replace'], folder.path)) // nothing to replace
})

test('what programs have started is not counted', async () => {
  await using folder = await project({ 'index.html': '' })
  const launched = { cwd: folder.path, python: newestPython() }
  await using _one = await launch(http, launched)
  await using _two = await launch(http, launched)
  await end(await ready([], folder.path))
})

test('two commands of one folder are two servers', async () => {
  await using folder = await project({ 'a/index.html': '', 'b/index.html': '' })
  const serve = (directory: string) => [
    ...['script', '--python', newestPython(), '--'],
    ...[newestPython(), '-u', '-c', served, directory],
  ]
  const all = await Promise.all(
    ['a', 'b'].map(async (directory) => {
      const running = start(serve(directory), { cwd: folder.path })
      await until(running, /Proof/)
      return { running }
    }),
  )
  expect((await devlaunch(serve('a'), { cwd: folder.path })).code).toBe(9)
  await end(...all)
})

const served = `import os
from http.server import *
HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), SimpleHTTPRequestHandler).serve_forever()`
