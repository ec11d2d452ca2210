import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { servers as environments } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { adapters } from '../src/adapters.ts'
import { devlaunch, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { until } from './kit/until.ts'

const servers = {
  flask: { good: 'from flask import Flask\napp = Flask(__name__)\n', reloads: true },
  fastapi: { good: 'from fastapi import FastAPI\napp = FastAPI()\n', reloads: true },
  uvicorn: { good: 'async def app(scope, receive, send): ...\n', reloads: true },
  hypercorn: { good: 'async def app(scope, receive, send): ...\n', reloads: true },
  gunicorn: { good: 'def app(environ, start_response): ...\n', reloads: true },
  waitress: { good: 'def app(environ, start_response): ...\n', reloads: false },
  uwsgi: { good: 'def app(environ, start_response): ...\n', reloads: true },
  wsgi: { good: 'def app(environ, start_response): ...\n', reloads: false },
  daphne: { good: 'async def app(scope, receive, send): ...\n', reloads: false },
}
const causes: Readonly<Record<string, (good: string) => [target: string, source: string, says: RegExp]>> = {
  'missing module': (good) => ['nosuch:app', good, /(?:module|import|named|from)\W+nosuch/],
  // uWSGI doesn't name it
  'wrong attribute': (good) => [
    'main:nosuch',
    good,
    /(?:named|attribute|main:)\W*nosuch|callable not found/i,
  ],
  'syntax error': () => ['main:app', 'def app(:\n', /SyntaxError/],
  'exception during import': () => ['main:app', '1 / 0\n', /ZeroDivisionError/],
  'missing import': () => ['main:app', 'import nosuch\n', /No module named 'nosuch'/],
}

/** Every combination, with the reloader (whose parent stays alive) and without. */
const cases = Object.entries(servers).flatMap(([server, { good, reloads }]) =>
  Object.entries(causes).flatMap(([cause, make]) =>
    (reloads ? ['--reload', '--no-reload'] : ['--no-reload']).map((reload) => ({
      server,
      cause,
      reload,
      ...named(make(good)),
    })),
  ),
)

function named([target, source, says]: [string, string, RegExp]) {
  return { target, source, says }
}

/** Milliseconds: not by the timeout of 60 s. How fast it is on a quiet machine is among the figures of `npm run compare`. */
const soon = 10_000

describe('a server that cannot start says why, soon after the cause', () => {
  test.each(cases)('$server $reload: $cause', async ({ server, reload, target, source, says }) => {
    await using folder = await project({ 'main.py': source })
    const python = pythonOf(server)
    const args = [server, target, reload, '--json', '--python', python]
    const running = start(args, { cwd: folder.path })
    let printed: number | undefined
    let reported: number | undefined
    const lines = createInterface(running.stdout as Readable).on('line', (line) => {
      if (line.startsWith('{"event":"log"') && says.test(line)) printed ??= performance.now()
      if (line.startsWith('{"event":"error"')) reported = performance.now()
    })
    const [{ exitCode, stdout }] = await Promise.all([running, once(lines, 'close')])
    const error = events(String(stdout)).find(({ event }) => event === 'error')
    expect(error).toMatchObject({ code: 'FAILED', message: expect.stringMatching(says) })
    expect(error?.command).toContain(target.replace(/^[^:]*:/, ''))
    expect(error?.python).toBe(python)
    expect(error?.hint).toBeTruthy()
    expect(exitCode).toBe(6)
    expect((reported ?? Number.POSITIVE_INFINITY) - (printed ?? Number.NaN)).toBeLessThan(soon)
  })
})

describe('django', () => {
  const manage = [
    'import os, sys',
    'os.environ["DJANGO_SETTINGS_MODULE"] = "settings"',
    'from django.core.management import execute_from_command_line',
    'execute_from_command_line(sys.argv)',
  ].join('\n')
  test.each([
    ['broken settings', 'DEBUG = True\nNOPE = nosuch\n', /NameError: name 'nosuch' is not defined/],
    [
      'a missing app',
      'DEBUG = True\nSECRET_KEY = "x"\nINSTALLED_APPS = ["nosuch"]\n',
      /No module named 'nosuch'/,
    ],
    [
      'no secret key',
      'DEBUG = True\nROOT_URLCONF = "settings"\nINSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]\n',
      /SECRET_KEY|ImproperlyConfigured/,
    ],
  ])('%s', async (_, settings, says) => {
    for (const reload of ['--reload', '--no-reload']) {
      await using folder = await project({ 'manage.py': manage, 'settings.py': settings })
      const { code, stdout } = await devlaunch(['django', reload, '--json', '--python', newestPython()], {
        cwd: folder.path,
      })
      const error = events(stdout).find(({ event }) => event === 'error')
      expect(error).toMatchObject({ code: 'FAILED', message: expect.stringMatching(says) })
      expect(code).toBe(6)
    }
  })
})

describe('a port that cannot be had', () => {
  test('is named with its holder, and the next one is taken', async () => {
    await using folder = await project({ 'index.html': 'hello' })
    await using other = await listen('127.0.0.1')
    const running = start(['http', '--port', String(other.port)], { cwd: folder.path })
    const text = await until(running, /Expose/)
    expect(text).toMatch(new RegExp(`port was taken: pid ${process.pid} `))
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
  })

  test('with --strict-port the launch is refused, and the holder named', async () => {
    await using folder = await project({ 'index.html': 'hello' })
    await using other = await listen('127.0.0.1')
    const args = ['http', '--port', String(other.port), '--strict-port']
    const { code, stderr } = await devlaunch(args, { cwd: folder.path })
    expect(stderr).toMatch(new RegExp(`127.0.0.1:${other.port} is taken by pid ${process.pid} `))
    expect(code).toBe(5)
  })

  test("somebody else's ::1 on the same port is named", async () => {
    await using folder = await project({ 'index.html': 'hello' })
    await using other = await listen('::1')
    const running = start(['http', '--port', String(other.port)], { cwd: folder.path })
    const text = await until(running, /Expose/)
    expect(text).toMatch(new RegExp(`open the numeric address: pid ${process.pid} .*\\[::1\\]:${other.port}`))
    running.kill('SIGINT')
    await running
  })
})

describe('a framework that is not installed', () => {
  test.each([
    ['uv.lock', 'uv add Flask'],
    ['poetry.lock', 'poetry add Flask'],
    ['requirements.txt', /pip install -r requirements.txt/],
    ['README', /pip install Flask/],
  ])('%s', async (file, says) => {
    await using folder = await project({ [file]: '', 'app.py': '' })
    const bare = '/usr/bin/python3'
    const { code, stderr } = await devlaunch(['flask', '--python', bare], { cwd: folder.path })
    expect(stderr).toMatch(says)
    expect(stderr).toContain(bare)
    expect(code).toBe(4)
  })
})

/** Of the newest release of this server. */
function pythonOf(server: string): string {
  const adapter = adapters.find(({ name }) => name === server)
  return join(environments(adapter).at(-1)?.python ?? '', 'bin', 'python')
}

function events(stdout: string): { event: string; [key: string]: unknown }[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

async function listen(host: string) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}
