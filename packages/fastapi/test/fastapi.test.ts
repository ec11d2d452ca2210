import { planner, type Situation, testAdapter, testLan } from '@devlaunch/testkit'
import { expect, test } from 'vitest'
import { type FastapiOptions, fastapi } from '../src/index.ts'

const planned = planner(fastapi, '0.0.34')
const safe = ['--host=127.0.0.1', '--port=8000', '--no-proxy-headers']
const run = ['run', '--no-reload', ...safe]

test.each<[string, FastapiOptions & { args?: string[] }, Situation, string[]]>([
  ['nothing', {}, {}, run],
  ['reload', {}, { reload: true }, ['dev', '--reload', ...safe]],
  ['IPv6', {}, { host: '::1' }, ['run', '--no-reload', '--host=::1', ...safe.slice(1)]],
  ['proxy-headers', {}, { allow: ['proxy-headers'] }, [...run.slice(0, -1), '--proxy-headers']],
  ['an app', { app: 'shop.main:api' }, {}, [...run, '--entrypoint=shop.main:api']],
  [
    'before --entrypoint',
    { app: 'shop.main:api' },
    { version: '0.0.10' },
    [...run, '--app=api', 'shop/main.py'],
  ],
  ['a module', { app: 'shop.main' }, {}, [...run, 'shop/main.py']],
  ['a path', { app: '../shop/main.py' }, {}, [...run, '../shop/main.py']],
  ['an option without its value', { args: ['--root-path'] }, {}, ['run', '--root-path', ...run.slice(1)]],
])('the whole command: %s', (_, options, situation, command) => {
  const { args, env, unenforced, listener } = planned(options, situation)
  expect(args).toEqual(['-m', 'fastapi_cli', ...command])
  expect(env).toEqual(situation.allow ? { FORWARDED_ALLOW_IPS: '127.0.0.1,::1' } : {})
  expect({ unenforced, listener }).toEqual({ unenforced: ['allowedHosts'], listener: 'reserved' })
})

test('a hostile environment leaves no trace', () => {
  const names = ['FORWARDED_ALLOW_IPS', 'LISTEN_FDS', 'LISTEN_PID', 'PORT', 'UVICORN_FD', 'WEB_CONCURRENCY']
  const env = Object.fromEntries(names.map((name) => [name, '3']))
  for (const plan of [planned({ env }), planned({}, { env })]) {
    expect(plan).toMatchObject({ args: ['-m', 'fastapi_cli', ...run], env: {}, unset: names })
  }
})

test.each(['--host=::', '--port', '--reload', '--no-reload', '--proxy-headers', '--forwarded-allow-ips=*'])(
  '%s is refused',
  (argument) =>
    expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' })),
)

/** Lines of 0.0.2 and 0.0.34. */
test.each([
  ['ERROR    Could not find a default file to run, please provide an explicit path', 'name the app'],
  ['    Path does not exist shop.py', 'correct the name'],
  ['ERROR    Could not find FastAPI app in module, try using --app', 'uvicorn'],
  ["The app name home in main doesn't seem to be a FastAPI\n    app", 'uvicorn'],
  ['ERROR:    Error loading ASGI app. Attribute "create_app()" not found in module "fac".', 'uvicorn'],
  ['ERROR    Could not find app name nosuch in main', 'variable'],
  ['ERROR:    Error loading ASGI app. Attribute "nope" not found in module "main".', 'variable'],
  ['    Import string must be in the format module.submodule:app_name', 'entrypoint'],
  ['    Invalid configuration in pyproject.toml:\n', 'entrypoint'],
  ['ERROR:    Error loading ASGI app. Could not import module "nosuch".', 'correct the module'],
  ["cannot import name 'FastAPI' from partially initialized  \n         module 'fastapi'", 'rename'],
  ['│ No such option: --workers                  │', '--no-reload'],
  ['RuntimeError: asyncio.run() cannot be called from a running event loop', '__main__'],
  ['ERROR:    Application startup failed. Exiting.', 'lifespan'],
  ['SyntaxError: invalid syntax', 'line'],
  ['Process SpawnProcess-1:\nTraceback (most recent call last):', 'named above'],
  ['INFO:     Child process [23219] died', 'named above'],
])('%s', (output, hint) => {
  expect(fastapi.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
})

testAdapter(fastapi)
testLan(fastapi)
