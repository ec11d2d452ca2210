import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { freePort } from '@devlaunch/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const serve = join(import.meta.dirname, '../python/serve.py')

const sources = {
  'environ.py': `import json
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({k: v for k, v in environ.items() if isinstance(v, (str, bool))}).encode()]`,
  'pair.py': `import threading
both = threading.Barrier(2, timeout=20)
def app(environ, start_response):
    both.wait()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"two at a time"]`,
  'endless.py': `import time
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    while True:
        yield b"x"
        time.sleep(0.01)`,
  'factory.py': `def make(name, size=1):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{name}{size}".encode()]
    return app
number = 1
class Asgi:
    async def __call__(self, scope, receive, send): pass
class Holder:
    asgi = Asgi()`,
  'flaskapp.py': `from flask import Flask
app = Flask(__name__)
@app.get("/")
def index(): return "Flask"`,
  'djangoapp.py': `from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="x", ALLOWED_HOSTS=["127.0.0.1"])
urlpatterns = [path("", lambda request: HttpResponse(request.build_absolute_uri()))]
application = get_wsgi_application()`,
  'empty.py': '',
  'imports.py': 'import not_installed',
  'syntax.py': 'def x(:',
  'raises.py': 'raise RuntimeError("boom")',
  'socketserver.py': 'raise SystemExit("the project took the place of the standard library")',
}

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "serve's tést "))
  for (const [name, source] of Object.entries(sources)) await writeFile(join(cwd, name), source)
})
afterAll(() => rm(cwd, { recursive: true }))

describe.each(['DEVLAUNCH_TEST_OLDEST', 'DEVLAUNCH_TEST_NEWEST'])('serve.py, %s', (variable) => {
  const folder = process.env[variable]
  if (!folder) throw new Error(`${variable} is not set: run the tests with \`npm test\`, which makes it`)
  const python = join(folder, 'bin/python')

  test('answers, logs, and ends quietly on Ctrl-C', async () => {
    await using server = await start(python, 'factory:make("a", size=3)')
    expect(server.line).toBe(`Serving factory:make("a", size=3) on ${server.url}`)
    const logged = server.child.stderr && once(server.child.stderr, 'data') // after the answer
    expect(await get(server.url)).toBe('a3')
    await logged
    server.child.kill('SIGINT')
    expect(await server.ended).toEqual([0, null])
    expect(await server.stderr).toMatch(/^127\.0\.0\.1 - - \[[^\]]+\] "GET \/ HTTP\/1\.1" 200 2\n$/)
  })

  test('listens on IPv6', async () => {
    await using server = await start(python, 'environ', '::1')
    expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect(JSON.parse(await get(server.url))).toMatchObject({ SERVER_NAME: '[::1]', REMOTE_ADDR: '::1' })
  })

  test('takes nothing but the request for a request', async () => {
    const env = { HTTPS: 'on', HTTP_PROXY: 'http://evil', REMOTE_USER: 'root', SECRET: 'x' }
    await using server = await start(python, 'environ', '127.0.0.1', env)
    const headers = { 'X-Real-IP': '1.1.1.1', X_Forwarded_For: '6.6.6.6' }
    const environ = JSON.parse(await get(`${server.url}/a%20b?c=d`, { headers }))
    expect(environ).toMatchObject({
      HTTP_X_REAL_IP: '1.1.1.1',
      PATH_INFO: '/a b',
      QUERY_STRING: 'c=d',
      'wsgi.multithread': true,
      'wsgi.url_scheme': 'http',
    })
    for (const name of [...Object.keys(env), 'HTTP_X_FORWARDED_FOR']) expect(environ).not.toHaveProperty(name)
  })

  test('answers two requests at a time', async () => {
    await using server = await start(python, 'pair')
    const answers = await Promise.all([get(server.url), get(server.url)])
    expect(answers).toEqual(['two at a time', 'two at a time'])
  })

  test('ends while a response never does', async () => {
    await using server = await start(python, 'endless:app')
    const reader = (await fetch(server.url)).body?.getReader()
    await reader?.read()
    server.child.kill('SIGINT')
    expect(await server.ended).toEqual([0, null])
    await reader?.cancel().catch(() => {}) // it was cut off
  })

  test('escapes what a terminal would obey, and needs no traceback for a client that leaves', async () => {
    await using server = await start(python, 'environ')
    const { hostname, port } = new URL(server.url)
    const gone = connect(Number(port), hostname)
    await once(gone, 'connect')
    gone.resetAndDestroy()
    const client = connect(Number(port), hostname)
    client.end('GET /\x1b[31m\x07\x9b\\ HTTP/1.1\r\n\r\n', 'latin1')
    await text(client)
    server.child.kill('SIGINT')
    expect(await server.stderr).toMatch(
      /^\S+ - - \[[^\]]+\] "GET \/\\x1b\[31m\\x07\\x9b\\\\ HTTP\/1\.1" 200 \d+\n$/,
    )
  })

  test('serves Flask and Django', async () => {
    await using flask = await start(python, 'flaskapp')
    await using django = await start(python, 'djangoapp')
    expect(await get(flask.url)).toBe('Flask')
    expect(await get(django.url)).toBe(`${django.url}/`)
  })

  test.each([
    ['nope', "error: no module named 'nope' in "],
    ['empty.nope', "error: no module named 'empty.nope' in "],
    ['empty', "error: module 'empty' has no attribute 'application' or 'app'\n"],
    ['empty:nope', "error: module 'empty' has no attribute 'nope'\n"],
    ['factory:number', "error: 'factory:number' is not a WSGI app: it can't be called\n"],
    ['factory:Holder.asgi', "error: 'factory:Holder.asgi' is an ASGI app: it can't be served by wsgi\n"],
    ['factory:make(size)', "error: the arguments in 'make(size)' are not plain literals\n"],
    ['factory:make("a"', 'error: the arguments in \'make("a"\' are not plain literals\n'],
  ])('says in one line why %s is no app', async (app, message) => {
    const { stderr, code } = await run(python, app)
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect(stderr).toContain(message)
    expect(code).toBe(1)
  })

  test.each([
    ['imports', "ModuleNotFoundError: No module named 'not_installed'\n"],
    ['syntax', 'SyntaxError: invalid syntax\n'],
    ['raises', 'RuntimeError: boom\n'],
    ['factory:make()', "TypeError: make() missing 1 required positional argument: 'name'\n"],
  ])('shows the traceback of %s', async (app, end) => {
    const { stderr, code } = await run(python, app)
    expect(stderr).toMatch(/^Traceback /)
    expect(stderr.endsWith(end)).toBe(true)
    expect(code).toBe(1)
  })

  test('says in one line that the address is taken', async () => {
    await using server = await start(python, 'environ')
    const { stderr, code } = await run(python, 'environ', new URL(server.url).port)
    expect(stderr).toBe(`error: can't listen on ${server.url}: Address already in use\n`)
    expect(code).toBe(1)
  })

  test.each(['--hos=0.0.0.0', '--reload'])('takes no argument like %s', async (argument) => {
    const { stderr, code } = await run(python, 'environ', '1', argument)
    expect(stderr).toContain('unrecognized arguments')
    expect(code).toBe(2)
  })
})

interface Served extends AsyncDisposable {
  readonly child: ChildProcess
  /** What it printed first. */
  readonly line: string
  readonly url: string
  readonly stderr: Promise<string>
  readonly ended: Promise<unknown[]>
}

async function start(
  python: string,
  app: string,
  host = '127.0.0.1',
  env: Record<string, string> = {},
): Promise<Served> {
  const port = await freePort()
  const child = spawn(python, [serve, `--host=${host}`, `--port=${port}`, app], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const stderr = text(child.stderr)
  const lines = createInterface(child.stdout)
  const [line] = await Promise.race([once(lines, 'line'), stderr.then((said) => Promise.reject(said))])
  return {
    child,
    line,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    stderr,
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function run(python: string, app: string, port = '1', ...more: string[]) {
  const child = spawn(python, [serve, app, '--host=127.0.0.1', `--port=${port}`, ...more], { cwd })
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { stderr, code }
}

async function get(url: string, init?: RequestInit): Promise<string> {
  return (await fetch(url, init)).text()
}
