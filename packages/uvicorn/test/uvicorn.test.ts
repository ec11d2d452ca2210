import { planner, type Situation } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { uvicorn } from '../src/index.ts'

const [oldest, newest] = ['0.17.6', '0.54.0']

const planned = planner(uvicorn, newest, { app: 'main:app' })

describe('the whole command', () => {
  const safe = ['--host=127.0.0.1', '--port=8000']
  const trusted = ['--proxy-headers', '--forwarded-allow-ips=127.0.0.1,::1']
  const grace = '--timeout-graceful-shutdown=1'
  test.each<[string, Situation, string[]]>([
    ['defaults', {}, [...safe, '--no-proxy-headers', grace]],
    ['reload', { reload: true }, [...safe, '--reload', '--no-proxy-headers', grace]],
    ['proxy-headers', { allow: ['proxy-headers'] }, [...safe, ...trusted, grace]],
    ['all', { reload: true, allow: ['proxy-headers', 'dotenv'] }, [...safe, '--reload', ...trusted, grace]],
    ['IPv6', { host: '::1' }, ['--host=::1', '--port=8000', '--no-proxy-headers', grace]],
    [
      'LAN',
      { host: '192.168.7.7', allow: ['lan-bind'] },
      ['--host=192.168.7.7', '--port=8000', '--no-proxy-headers', grace],
    ],
    ['oldest', { version: oldest }, [...safe, '--no-proxy-headers']],
    ['oldest, reload', { version: oldest, reload: true }, [...safe, '--reload', '--no-proxy-headers']],
    ['before graceful shutdown', { version: '0.21.1' }, [...safe, '--no-proxy-headers']],
    ['since graceful shutdown', { version: '0.22.0' }, [...safe, '--no-proxy-headers', grace]],
    ['unknown release', { version: null }, [...safe, '--no-proxy-headers', grace]],
  ])('%s', (_, situation, flags) => {
    const { args, env, unenforced } = planned({}, situation)
    expect(args).toEqual(['-m', 'uvicorn', ...flags, '--fd=3', 'main:app'])
    expect(env).toEqual({})
    expect(unenforced).toEqual(['allowedHosts'])
  })

  test('on every IPv6 address it opens its own socket', () => {
    const { args, listener } = planned({}, { host: '::', allow: ['public-bind'] })
    expect(args).toEqual([
      '-m',
      'uvicorn',
      '--host=::',
      '--port=8000',
      '--no-proxy-headers',
      grace,
      'main:app',
    ])
    expect(listener).toBe('reserved')
  })

  test('user arguments stand before the flags of the policy', () => {
    const { args } = planned({ args: ['--workers=2', '--log-level', 'debug'] })
    expect(args.slice(2, 6)).toEqual(['--workers=2', '--log-level', 'debug', '--host=127.0.0.1'])
  })

  test.each([
    ['main:create_app()', ['--factory', 'main:create_app']],
    ['main:create_app( )', ['--factory', 'main:create_app']],
    ['shop.main:app', ['shop.main:app']],
    ['main', ['main']],
    ["main:create_app('dev')", ["main:create_app('dev')"]],
  ])('%s', (app, end) => {
    expect(planned({ app }).args.slice(-end.length)).toEqual(end)
  })
})

test('a hostile environment leaves no trace', () => {
  const hostile = {
    ...{
      UVICORN_HOST: '0.0.0.0',
      UVICORN_PORT: '9',
      UVICORN_UDS: '/tmp/u',
      UVICORN_FD: '3',
      UVICORN_APP: 'evil:app',
    },
    ...{
      UVICORN_RELOAD: '1',
      UVICORN_WORKERS: '9',
      UVICORN_FACTORY: '1',
      UVICORN_SSL_CERTFILE: 'c',
      UVICORN_ENV_FILE: 'e',
    },
    ...{
      WEB_CONCURRENCY: '9',
      FORWARDED_ALLOW_IPS: '*',
      LISTEN_FDS: '1',
      LISTEN_PID: '1',
      LISTEN_FDNAMES: 'x',
    },
  }
  const clean = planned()
  const launcher = planned({}, { env: { PATH: '/bin', ...hostile } })
  const option = planned({ env: hostile })
  for (const { args, env, unset } of [launcher, option]) {
    expect(args).toEqual(clean.args)
    expect(env).toEqual(clean.env)
    expect(unset).toEqual(Object.keys(hostile).sort())
  }
})

describe('arguments that would move it are refused', () => {
  test.each([
    ['--host', '--host'],
    ['--host=0.0.0.0', '--host'],
    ['--port=9', '--port'],
    ['--uds=/tmp/u', 'leave it out'],
    ['--fd=3', 'leave it out'],
    ['--fd', 'leave it out'],
    ['--reload', '--reload'],
    ['--debug', '--reload'],
    ['--proxy-headers', '--allow proxy-headers'],
    ['--forwarded-allow-ips=*', '--allow proxy-headers'],
    ['--env-file=.env', '--env-file'],
    ['--ssl-certfile=c.pem', 'http'],
    ['--', 'leave it out'],
  ])('%s', (argument, hint) => {
    expect(() => planned({ args: [argument] })).toThrow(
      expect.objectContaining({ code: 'REFUSED', hint: expect.stringContaining(hint) }),
    )
  })
  test.each([
    '--workers=2',
    '--reload-dir=src',
    '--app-dir=src',
    '--no-proxy-headers',
    '--http=h11',
    '--root-path=/a',
  ])('%s is passed on', (argument) => {
    expect(planned({ args: [argument] }).args).toContain(argument)
  })
})

test.each(['--bind=0.0.0.0:9', '--host=0.0.0.0', 'main:app\n', 'main:app\0', 'main:app --host=0.0.0.0', ''])(
  'no target: %j',
  (app) => {
    expect(() => planned({ app })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

test.each([
  ['app = FastAPI()', 'app'],
  ['import x\n\napi: FastAPI = fastapi.FastAPI(\n    title="x")', 'api'],
  ['app=Starlette(routes=[])', 'app'],
  ['application = quart.Quart(__name__)', 'application'],
  ['app = Litestar([index])', 'app'],
  ['if x:\n    pass\nelse:\n    app = FastAPI()', undefined],
  ['    app = FastAPI()', undefined],
  ['# app = FastAPI()', undefined],
  ['app = Flask(__name__)', undefined],
])('detects %j', (source, name) => {
  expect(uvicorn.detect?.source?.exec(source)?.[1]).toBe(name)
})

/** Lines that 0.17.6 and 0.54.0 printed; the last column: alone it means that no answer will come. */
test('a debugger is refused, because it has none', () => {
  expect(() => planned({}, { debug: true })).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

describe('hints', () => {
  test.each([
    ['Invalid host header', 'TrustedHostMiddleware', false],
    ['<title>Bad Request (400)</title>', 'ALLOWED_HOSTS', false],
    ['ERROR:    Error loading ASGI app. Could not import module "nosuch".', '--app-dir', true],
    ['ERROR:    Error loading ASGI app. Attribute "nope" not found in module "ok".', 'variable', true],
    [
      'ERROR:    Error loading ASGI app. Attribute "needs(1)" not found in module "ok".',
      'without arguments',
      true,
    ],
    [
      'ERROR:    Error loading ASGI app. Import string "ok" must be in format "<module>:<attribute>".',
      'main:app',
      true,
    ],
    [
      "ERROR:    Error loading ASGI app factory: needs() missing 2 required positional arguments: 'a' and 'b'",
      'without arguments',
      true,
    ],
    ["TypeError: app() missing 1 required positional argument: 'start_response'", 'gunicorn', true],
    ['ERROR:    Application startup failed. Exiting.', 'lifespan', true],
    ['Process SpawnProcess-1:\nTraceback (most recent call last):', 'named above', true],
    ['INFO:     Child process [19276] died', 'named above', true],
    ['ERROR:    Child process [19262] failed to start, stopping the parent process.', 'named above', true],
    [
      'Process SpawnProcess-1:\r\nTraceback (most recent call last):\r\nSyntaxError: invalid syntax',
      'line',
      true,
    ],
    ["Process SpawnProcess-1:\nModuleNotFoundError: No module named 'nosuchdep'", 'install', true],
    [
      'Process SpawnProcess-1:\nRuntimeError: asyncio.run() cannot be called from a running event loop',
      '__main__',
      true,
    ],
    ['SyntaxError: invalid syntax', 'line', false],
    ["ModuleNotFoundError: No module named 'nosuchdep'", 'install', false],
  ])('%s', (output, hint, fatal) => {
    expect(uvicorn.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
    expect(uvicorn.hints.some(({ match, fatal }) => fatal && match.test(output))).toBe(fatal)
  })

  test('a good start is not taken for a failure', () => {
    const output = [
      "INFO:     Will watch for changes in these directories: ['/shop']",
      'INFO:     Uvicorn running on http://127.0.0.1:46827 (Press CTRL+C to quit)',
      'INFO:     Started reloader process [19168] using WatchFiles',
      'INFO:     Started server process [24998]',
      'INFO:     Waiting for application startup.',
      "INFO:     ASGI 'lifespan' protocol appears unsupported.",
      'INFO:     Application startup complete.',
      'WARNING:  "workers" flag is ignored when reloading is enabled.',
      'INFO:     Started parent process [19259]',
    ].join('\n')
    expect(uvicorn.hints.filter(({ match }) => match.test(output))).toEqual([])
  })
})
