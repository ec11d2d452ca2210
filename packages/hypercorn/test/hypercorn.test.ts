import { planner, type Situation, testAdapter, testLan } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { hypercorn } from '../src/index.ts'

const planned = planner(hypercorn, '0.18.0', { app: 'main:app' })
const grace = '--graceful-timeout=1'

test.each<[string, Situation, string[]]>([
  ['main:app', {}, [grace, '--bind=fd://3']],
  ['main', { host: '::1', env: { HYPERCORN_BIND: '0.0.0.0:9', PORT: '9' } }, [grace, '--bind=fd://3']],
  ['main:make("a")', { reload: true }, ['--reload', grace, '--bind=fd://3']],
  ['main:app', { allow: ['proxy-headers', 'dotenv'], version: '0.13.2' }, [grace, '--bind=fd://3']],
  ['main:app', { reload: true, version: '0.15.0' }, ['--bind=127.0.0.1:8000', '--reload', grace]],
])('the whole command: %s %j', (app, situation, args) => {
  expect(planned({ app }, situation)).toMatchObject({ args: ['-m', 'hypercorn', ...args, app], env: {} })
})

test.each([
  ...[
    '-b',
    '-b0.0.0.0',
    '-Db:9',
    '--bind=unix:/u',
    '--bi',
    '--insecure-bind=0.0.0.0',
    '--i',
    '--quic-bind=:9',
  ],
  ...['--reload', '--rel', '--certfile=c', '--keyfile', '--'],
])('%s is refused', (argument) => {
  expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
})

test.each(['-w2', '--config=h.toml', '--backlog=9', '--read-timeout=9', '-ktrio'])(
  '%s is passed on',
  (word) => {
    expect(planned({ args: [word] }).args[2]).toBe(word)
  },
)

test.each(['main:app if x else y', 'main:app,__import__', 'main:f(x:=1)', 'wsgi:main:app', '-b0:main'])(
  'no expression: %s',
  (app) => expect(() => planned({ app })).toThrow(expect.objectContaining({ code: 'USAGE' })),
)

/** Lines that 0.13.2 or 0.18.0 printed. */
test.each([
  ["NameError: name 'x' is not defined\n\nhypercorn.utils.NoAppError", 'name what'],
  ["Cannot load application from 'main:x', application not found.", 'name what'],
  ["TypeError: app() missing 1 required positional argument: 'start_response'", 'waitress'],
  ["hypercorn.utils.LifespanFailureError: Lifespan failure in startup. 'no db'", 'startup'],
])('%s', (output, hint) => {
  expect(hypercorn.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
})

describe('conformance', () => testAdapter(hypercorn))
describe('lan', () => testLan(hypercorn))
