import { commandLine } from '@devlaunch/core'
import { planner } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { flask } from '../src/index.ts'

const versions = ['2.2.2', '3.1.3']
const planned = planner(flask, '3.1.3')

const socket = { WERKZEUG_RUN_MAIN: 'true', WERKZEUG_SERVER_FD: '3' }
const safe = { FLASK_DEBUG: '0', FLASK_SKIP_DOTENV: '1', ...socket }

describe.each(versions)('the whole command for Flask %s', (version) => {
  test('by default', () => {
    const { args, env, url, unenforced } = planned({}, { version })
    expect(args).toEqual([
      ...['-m', 'flask', 'run'],
      ...['--no-debugger', '--host=127.0.0.1', '--port=5000', '--no-reload'],
    ])
    expect(env).toEqual(safe)
    expect(url).toBe('http://127.0.0.1:5000')
    expect(unenforced).toEqual(['proxyHeaders', 'allowedHosts'])
  })

  test('with an app, an argument of the user and the reloader', () => {
    const { args, env } = planned(
      { app: 'shop:make("a")', args: ['--without-threads'] },
      { version, reload: true },
    )
    expect(args).toEqual([
      ...['-m', 'flask', '--app=shop:make("a")', 'run', '--without-threads'],
      ...['--no-debugger', '--host=127.0.0.1', '--port=5000', '--reload'],
    ])
    expect(env).toEqual(safe)
  })

  test('with the debugger', () => {
    const { args, env } = planned({}, { version, debug: true, reload: true })
    expect(args).toEqual([
      ...['-m', 'flask', 'run'],
      ...['--debugger', '--host=127.0.0.1', '--port=5000', '--reload'],
    ])
    expect(env).toEqual({ ...safe, FLASK_DEBUG: '1' })
  })

  test('on IPv6', () => {
    const { args, url } = planned({}, { version, host: '::1' })
    expect(args).toContain('--host=::1')
    expect(url).toBe('http://[::1]:5000')
  })

  test('on a network, where the app has to answer at that address', () => {
    const { env, unenforced } = planned({}, { version, host: '192.168.7.7', allow: ['lan-bind'] })
    const checks = version === '3.1.3' // TRUSTED_HOSTS came with 3.1
    const overlay = {
      DEVLAUNCH_OVERLAY: expect.stringMatching(/^flask\.app:.*python.flask_app\.py$/),
      DEVLAUNCH_ALLOWED_HOSTS: '192.168.7.7:5000',
    }
    expect(env).toEqual(checks ? { ...safe, ...overlay } : safe)
    expect(unenforced).toEqual(checks ? ['proxyHeaders'] : ['proxyHeaders', 'allowedHosts'])
  })

  test('for everybody', () => {
    const { args } = planned({}, { version, host: '0.0.0.0', allow: ['public-bind'] })
    expect(args).toContain('--host=0.0.0.0')
    expect(args).toContain('--no-debugger')
  })

  test('with .env files, which still cannot move the listener or change its scheme', () => {
    expect(planned({}, { version, allow: ['dotenv'] }).env).toEqual({
      FLASK_DEBUG: '0',
      FLASK_RUN_CERT: '',
      FLASK_RUN_DEBUG: '',
      FLASK_RUN_KEY: '',
      ...socket,
    })
  })
})

test.each(['3.2.0', null])('release %s, which nobody has tried, opens its own socket', (version) => {
  const { env, listener, restart } = planned({}, { version })
  expect(env).toEqual({ FLASK_DEBUG: '0', FLASK_SKIP_DOTENV: '1' })
  expect({ listener, restart }).toEqual({ listener: 'reserved', restart: undefined })
})

test('the command to copy has no socket of the guard', () => {
  const line = commandLine(planned({}, { allow: ['dotenv'], env: { WERKZEUG_SERVER_FD: '5' } }))
  expect(line).toMatch(/^env -u WERKZEUG_SERVER_FD .*WERKZEUG_RUN_MAIN='' .*\/py -m flask run /)
  expect(line).not.toMatch(/SERVER_FD=|RUN_MAIN=true/)
})

describe('a hostile environment', () => {
  const names = flask.scrub.map((name) => name.replace('*', 'HOST'))
  const env = Object.fromEntries(names.map((name) => [name, 'hostile']))

  test('leaves no trace', () => {
    const { args, env: set, unset } = planned({ env }, { env })
    expect(args).toEqual(planned().args)
    expect(set).toEqual(safe)
    expect(unset).toEqual(names.filter((name) => name !== 'FLASK_DEBUG').sort())
  })

  test('is told apart from what a project may set', () => {
    const env = { FLASK_APP: 'shop', FLASK_SECRET_KEY: 'x', LISTEN_HOST: '127.0.0.1', PORT: '80' }
    expect(planned({}, { env }).unset).toEqual([])
  })
})

test.each([
  ...['-h', '-h0.0.0.0', '-host=0.0.0.0', '--host', '--host=0.0.0.0', '-p', '-p9', '--port=9'],
  ...['--debug', '--no-debug', '--debugger', '--no-debugger', '--reload', '--no-reload'],
  ...['--cert=adhoc', '--cert', '--key=k.pem', '-e', '-e.env', '--env-file=x', '-A', '-Ax', '--app=x', '--'],
])('%s is refused as an argument', (argument) => {
  expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
})

test.each([
  '--with-threads',
  '--without-threads',
  '--extra-files=a.html',
  '--exclude-patterns=*.log',
  '--help',
])('%s is passed on', (argument) => {
  expect(planned({ args: [argument] }).args).toContain(argument)
})

test.each(['app', 'app.py', 'shop.web', 'shop:app', 'shop.web:create_app()', "shop:make('a', debug=True)"])(
  '%s is an app',
  (app) => {
    expect(planned({ app }).args).toContain(`--app=${app}`)
  },
)

test.each(['', '--bind=0.0.0.0:9', '-e.env', 'app\n', 'app\0', 'app:x y', 'app;id', '$(id)'])(
  '%j is not an app',
  (app) => {
    expect(() => planned({ app })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

// Printed by Flask 2.2.2 and 3.1.3 alike, unless the release is named.
test.each([
  ["Error: Could not import 'nope'.", 'correct the module'],
  [
    "Error: Could not locate a Flask application. Use the 'flask --app' option, 'FLASK_APP' environment variable, or a 'wsgi.py' or 'app.py' file in the current directory.",
    'name it',
  ],
  ["Error: Failed to find attribute 'nope' in 'app'.", 'module:name'],
  [
    "Error: Failed to find Flask application or factory in module 'app'. Use 'app:name' to specify one.",
    'module:name',
  ],
  [
    "Error: Detected multiple Flask applications in module 'app'. Use 'app:name' to specify the correct one.",
    'module:name',
  ],
  ["Error: A valid Flask application was not obtained from 'app:i'.", 'module:name'],
  [
    "Error: Detected factory 'create_app' in module 'app', but could not call it without arguments. Use 'app:create_app(args)' to specify arguments.",
    'pass what it needs',
  ],
  [
    "Error: The factory 'create_app(1, 2)' in module 'app' could not be called with the specified arguments.",
    'pass what it needs',
  ],
  [
    "ImportError: cannot import name 'Flask' from partially initialized module 'flask' (most likely due to a circular import) (/shop/flask.py)",
    'rename your flask.py',
  ],
  ['  File "/shop/app.py", line 3\n    def x(\n    ^\nSyntaxError: invalid syntax\n', 'correct the line'],
  [' * Debug mode: off\nPermission denied\n', '1024'],
  ['<p>Host &#39;192.168.1.23:8000&#39; is not trusted.</p>', 'TRUSTED_HOSTS'],
  [' * Debug mode: off\nCannot assign requested address\n', '--host'],
])('%j is explained', (output, hint) => {
  expect(flask.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
})

test.each([
  "Error: While importing 'app', an ImportError was raised:\n\nModuleNotFoundError: No module named 'requests'\n",
  ' * Debug mode: off\nAddress already in use\nPort 5000 is in use by another program. Either identify and stop that program, or start the server with a different port.\n',
])('%j is left to what is known of every server', (output) => {
  expect(flask.hints.find(({ match }) => match.test(output))).toBeUndefined()
})

test.each([
  ['from flask import Flask\n\napp = Flask(__name__)\n', 'app'],
  ['import flask\nshop: flask.Flask = flask.Flask("shop")\n', 'shop'],
  ['def create_app():\n    app = Flask(__name__)\n', undefined],
  ['app = FastAPI()\n', undefined],
])('the app of %j is %s', (source, name) => {
  expect(flask.detect?.source?.exec(source)?.[1]).toBe(name)
})
