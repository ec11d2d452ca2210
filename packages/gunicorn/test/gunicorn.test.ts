import { planner, type Situation } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { gunicorn } from '../src/index.ts'

const [oldest, newest] = ['20.1.0', '27.0.1']

const planned = planner(gunicorn, newest, { app: 'main:app' })

describe('the whole command', () => {
  const bind = ['--bind=127.0.0.1:8000', '--no-control-socket']
  const doubt = '--forwarded-allow-ips='
  const trust = '--forwarded-allow-ips=127.0.0.1,::1'
  const grace = '--graceful-timeout=1'
  test.each<[string, Situation, string[]]>([
    ['defaults', {}, [...bind, doubt, grace]],
    ['reload', { reload: true }, [...bind, '--reload', doubt, grace]],
    ['proxy-headers', { allow: ['proxy-headers'] }, [...bind, trust, grace]],
    ['all', { reload: true, allow: ['proxy-headers', 'dotenv'] }, [...bind, '--reload', trust, grace]],
    ['IPv6', { host: '::1' }, ['--bind=[::1]:8000', '--no-control-socket', doubt, grace]],
    [
      'LAN',
      { host: '192.168.7.7', allow: ['lan-bind'] },
      ['--bind=192.168.7.7:8000', '--no-control-socket', doubt, grace],
    ],
    ['oldest', { version: oldest }, ['--bind=127.0.0.1:8000', doubt, grace]],
    [
      'oldest, reload',
      { version: oldest, reload: true },
      ['--bind=127.0.0.1:8000', '--reload', doubt, grace],
    ],
    ['before the control socket', { version: '25.0.3' }, ['--bind=127.0.0.1:8000', doubt, grace]],
    ['since the control socket', { version: '25.1.0' }, [...bind, doubt, grace]],
    ['unknown release', { version: null }, [...bind, doubt, grace]],
  ])('%s', (_, situation, flags) => {
    const { args, env, unenforced } = planned({ app: 'main:app' }, situation)
    expect(args).toEqual(['-m', 'gunicorn', ...flags, '--bind=fd://3', 'main:app'])
    expect(env).toEqual({})
    expect(unenforced).toEqual(['allowedHosts'])
  })

  test('user arguments stand before the flags of the policy', () => {
    const { args } = planned({ app: 'main:app', args: ['-w', '2', '-k', 'gevent'] })
    expect(args.slice(2, 7)).toEqual(['-w', '2', '-k', 'gevent', '--bind=127.0.0.1:8000'])
  })

  test('without an app gunicorn.conf.py names it', () => {
    expect(planner(gunicorn, newest)().args.at(-1)).toBe('--bind=fd://3')
  })

  test.each(['main', 'main:app', 'shop.wsgi:application', 'main:create_app()', "main:create_app('dev')"])(
    '%s',
    (app) => {
      expect(planned({ app }).args.at(-1)).toBe(app)
    },
  )
})

test('a hostile environment leaves no trace', () => {
  const hostile = {
    ...{ GUNICORN_CMD_ARGS: '--bind=0.0.0.0:9 --daemon', GUNICORN_PID: '1', GUNICORN_FD: '3' },
    ...{ PORT: '5001', WEB_CONCURRENCY: '9', FORWARDED_ALLOW_IPS: '*', UVICORN_HOST: '0.0.0.0' },
    ...{ LISTEN_FDS: '1', LISTEN_PID: '1', LISTEN_FDNAMES: 'x' },
  }
  const clean = planned()
  const launcher = planned({ app: 'main:app' }, { env: { PATH: '/bin', ...hostile } })
  const option = planned({ app: 'main:app', env: hostile })
  for (const { args, env, unset } of [launcher, option]) {
    expect(args).toEqual(clean.args)
    expect(env).toEqual(clean.env)
    expect(unset).toEqual(Object.keys(hostile).sort())
  }
})

describe('arguments that would move it are refused', () => {
  test.each([
    ['-b', '--host'],
    ['-b0.0.0.0:9', '--host'],
    ['-b=0.0.0.0:9', '--host'],
    ['-Rb0.0.0.0:9', '--host'],
    ['-RDb0.0.0.0:9', '--host'],
    ['--bind', '--host'],
    ['--bind=0.0.0.0:9', '--host'],
    ['--bi=0.0.0.0:9', '--host'],
    ['-D', 'background'],
    ['-RD', 'background'],
    ['--daemon', 'background'],
    ['--da', 'background'],
    ['--reload', '--reload'],
    ['--reuse-port', 'share'],
    ['--reu', 'share'],
    ['--forwarded-allow-ips=*', '--allow proxy-headers'],
    ['--proxy-protocol', 'forge'],
    ['--proxy-allow-from=*', 'forge'],
    ['--certfile=c.pem', 'http'],
    ['--keyfile', 'http'],
    ['--', 'leave it out'],
  ])('%s', (argument, hint) => {
    expect(() => planned({ app: 'main:app', args: [argument] })).toThrow(
      expect.objectContaining({ code: 'REFUSED', hint: expect.stringContaining(hint) }),
    )
  })
  test.each([
    ...[
      '-w2',
      '-kgevent',
      '-R',
      '-c',
      'gunicorn.conf.py',
      '-nbob',
      '--backlog=9',
      '--threads=2',
      '--preload',
    ],
    ...['--reload-extra-file=x', '--reload-engine=poll', '--chdir=src', '--worker-class=asgi', '--pid=p'],
  ])('%s is passed on', (argument) => {
    expect(planned({ app: 'main:app', args: [argument] }).args).toContain(argument)
  })
})

test.each(['--bind=0.0.0.0:9', '-b0.0.0.0', 'main:app\n', 'main:app\0', 'main:app -b 0.0.0.0', ''])(
  'no target: %j',
  (app) => {
    expect(() => planned({ app })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

/** Lines that 20.1.0 and 27.0.1 printed; the last column: alone it means that no good answer will come. */
test('a debugger is refused, because it has none', () => {
  expect(() => planned({}, { debug: true })).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

describe('hints', () => {
  const at = '[2026-11-23 03:38:42 +0000] [22372]'
  test.each([
    ['Invalid host header', 'TrustedHostMiddleware', false],
    ['<title>Bad Request (400)</title>', 'ALLOWED_HOSTS', false],
    ['<p>Host &#39;192.168.1.23:8000&#39; is not trusted.</p>', 'TRUSTED_HOSTS', false],
    ['Error: No application module specified.', 'devlaunch gunicorn main:app', false],
    ["Failed to find attribute 'nope' in 'wok'.", 'main:create_app()', false],
    ["Error: class uri 'tornado' invalid or not found: ", 'install', false],
    ["TypeError: app() missing 2 required positional arguments: 'environ' and 'start_response'", '()', false],
    ["TypeError: app() missing 1 required positional argument: 'start_response'", 'WSGI', true],
    ["TypeError: app() missing 1 required positional argument: 'send'", 'devlaunch uvicorn', true],
    [`${at} [ERROR] invalid syntax (syn.py, line 1)`, 'correct the line', true],
    [`${at} [ERROR] unexpected indent (ind.py, line 1)`, 'correct the line', true],
    ['SyntaxError: invalid syntax', 'correct the line', false],
    ["ModuleNotFoundError: No module named 'nosuch'", 'install', false],
    [`${at} [CRITICAL] WORKER TIMEOUT (pid:24595)`, '--timeout', false],
    [`${at} [INFO] Worker exiting (pid: 24086)\nset DATABASE_URL first`, 'named above', true],
    [`${at} [ERROR] Worker (pid:24643) exited with code 1.`, 'named above', true],
    [`${at} [WARNING] Worker with pid 24493 was terminated due to signal 6`, 'ends the worker', true],
    [`${at} [WARNING] Worker (pid:24846) was sent SIGABRT!`, 'ends the worker', true],
  ])('%s', (output, hint, fatal) => {
    expect(gunicorn.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
    expect(gunicorn.hints.some(({ match, fatal }) => fatal && match.test(output))).toBe(fatal)
  })

  test('a good start is not taken for a failure', () => {
    const output = [
      `${at} [INFO] Starting gunicorn 27.0.1`,
      `${at} [INFO] Listening at: http://127.0.0.1:43879 (22279)`,
      `${at} [INFO] Using worker: sync`,
      `${at} [INFO] Booting worker with pid: 22281`,
      `${at} [WARNING] Reloader is on. Use in development only!`,
      `${at} [INFO] Started server process [24590]`,
      `${at} [INFO] ASGI 'lifespan' protocol appears unsupported.`,
      `${at} [INFO] ASGI server listening on http://127.0.0.1:48759`,
    ].join('\n')
    expect(gunicorn.hints.filter(({ match }) => match.test(output))).toEqual([])
  })
})
