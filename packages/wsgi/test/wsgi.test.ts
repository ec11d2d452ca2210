import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { plan, release } from '@devlaunch/core'
import { planner } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { wsgi } from '../src/index.ts'

const serve = fileURLToPath(new URL('../python/serve.py', import.meta.url))
const planned = planner(wsgi, '3.13.0', { app: 'shop' })

test('the server stands where the command says', () => {
  expect(existsSync(serve)).toBe(true)
})

describe.each(['3.9.18', '3.13.0'])('the whole command for Python %s', (version) => {
  test('by default', () => {
    const { args, env, url, unenforced } = planned({ app: 'shop:make("a")' }, { version })
    expect(args).toEqual([serve, '--host=127.0.0.1', '--port=8000', 'shop:make("a")'])
    expect(env).toEqual({})
    expect(url).toBe('http://127.0.0.1:8000')
    expect(unenforced).toEqual(['proxyHeaders', 'allowedHosts'])
  })

  test('on IPv6', () => {
    const { args, url } = planned({}, { version, host: '::1' })
    expect(args).toEqual([serve, '--host=::1', '--port=8000', 'shop'])
    expect(url).toBe('http://[::1]:8000')
  })

  test('for everybody', () => {
    const { args } = planned({}, { version, host: '0.0.0.0', allow: ['public-bind'] })
    expect(args).toEqual([serve, '--host=0.0.0.0', '--port=8000', 'shop'])
  })

  test('whatever risk is accepted', () => {
    const { args } = planned({}, { version, allow: ['proxy-headers', 'dotenv', 'debugger'] })
    expect(args).toEqual([serve, '--host=127.0.0.1', '--port=8000', 'shop'])
  })
})

test('no variable can move it, so none is scrubbed', () => {
  const env = { PORT: '80', HOST: '0.0.0.0', LISTEN_FDS: '1', HTTPS: 'on', REMOTE_USER: 'root' }
  expect(planned({}, { env })).toEqual(planned())
})

test.each(['--host=0.0.0.0', '--host', '--port=9', '--port', '--reload', '-x', 'other:app', '', '--'])(
  '%j is refused as an argument',
  (argument) => {
    expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
  },
)

test('the refusal of --host says what to use instead', () => {
  expect(() => planned({ args: ['--host=0.0.0.0'] })).toThrow("devlaunch's own --host")
})

test.each(['wsgi', 'shop.wsgi', 'shop.wsgi:application', 'shop:make()', "shop:make('a', size=3)"])(
  '%s is an app',
  (app) => {
    expect(planned({ app }).args.at(-1)).toBe(app)
  },
)

test.each([
  '',
  '--bind=0.0.0.0:9',
  '--host',
  'app\n',
  'app\0',
  'app:x y',
  'app;id',
  '../app',
  'app:__import__("os").x',
])('%j is not an app', (app) => {
  expect(() => planned({ app })).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test('an app must be named', () => {
  expect(() => plan(wsgi, {}, planned().policy, facts)).toThrow('devlaunch wsgi wsgi:application')
})

const facts = {
  python: 'python3',
  release: release(undefined),
  cwd: '/',
  env: {},
  platform: 'linux' as const,
  terminal: true,
}

test.each([
  ["error: no module named 'nope' in /shop\n", 'correct the module'],
  ['<p>Host &#39;192.168.1.23:8000&#39; is not trusted.</p>', 'TRUSTED_HOSTS'],
  ['<title>Bad Request (400)</title>', 'ALLOWED_HOSTS'],
  ["error: module 'shop' has no attribute 'nope'\n", 'name the app'],
  ["error: module 'shop' has no attribute 'application' or 'app'\n", 'name the app'],
  ["error: 'shop:number' is not a WSGI app: it can't be called\n", 'module:factory()'],
  ["error: 'shop:fast' is an ASGI app: it can't be served by wsgi\n", 'uvicorn'],
  ["error: can't listen on http://192.0.2.7:8000: Cannot assign requested address\n", '--host'],
  ["error: can't listen on http://127.0.0.1:80: Permission denied\n", '1024'],
  [
    '  File "/shop/syn.py", line 1\n    def x(:\n          ^\nSyntaxError: invalid syntax\n',
    'correct the line',
  ],
])('%j is explained', (output, hint) => {
  expect(wsgi.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
})

test.each([
  "error: can't listen on http://127.0.0.1:8000: Address already in use\n",
  '  File "/shop/imp.py", line 1, in <module>\n    import requests\nModuleNotFoundError: No module named \'requests\'\n',
])('%j is left to what is known of every server', (output) => {
  expect(wsgi.hints.find(({ match }) => match.test(output))).toBeUndefined()
})

test.each([
  ['def application(environ, start_response):\n', 'application'],
  ['def application(env, start_response):\n', 'application'],
  ['import x\n\napplication = get_wsgi_application()\n', 'application'],
  ['application = falcon.App()\n', 'application'],
  ['application = get_asgi_application()\n', undefined],
  ['application = falcon.asgi.App()\n', undefined],
  ['application = ProtocolTypeRouter({\n', undefined],
  ['application = Flask(__name__)\n', undefined],
  ['    application = make()\n', undefined],
  ['async def application(scope, receive, send):\n', undefined],
])('the app of %j is %s', (source, name) => {
  expect(wsgi.detect?.source?.exec(source)?.[1]).toBe(name)
})
