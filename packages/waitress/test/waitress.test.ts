import { planner, type Situation, testAdapter, testLan } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { waitress } from '../src/index.ts'

const planned = planner(waitress, '3.0.2', { app: 'main:app' })
const clear = '--clear-untrusted-proxy-headers'
const trust = ['--trusted-proxy=127.0.0.1', '--trusted-proxy-headers=x-forwarded-for x-forwarded-proto']

test.each<[string, Situation, string[]]>([
  ['main:app', {}, [clear, '--listen=127.0.0.1:8080', 'main:app']],
  ['main:make()', { host: '::1' }, [clear, '--listen=[::1]:8080', '--call', 'main:make']],
  ['main:app', { allow: ['proxy-headers'] }, [clear, ...trust, '--listen=127.0.0.1:8080', 'main:app']],
  ['main:app', { env: { PORT: '9', HOST: '0.0.0.0' } }, [clear, '--listen=127.0.0.1:8080', 'main:app']],
])('the whole command: %s %j', (app, situation, args) => {
  expect(planned({ app }, situation)).toMatchObject({ args: ['-m', 'waitress', ...args], env: {} })
})

test.each([
  ...['--listen=*:9', '--li', '--host=0', '--ho', '--port', '--unix-socket=/u', '--sockets=3'],
  ...['--trusted-proxy=*', '--tr', '--no-clear-untrusted-proxy-headers', '--'],
])('%s is refused', (argument) => {
  expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
})

test.each(['--threads=8', '--cleanup-interval=9', '--log-untrusted-proxy-headers'])(
  '%s is passed on',
  (word) => {
    expect(planned({ args: [word] }).args[2]).toBe(word)
  },
)

/** Lines that 2.1.2 or 3.0.2 printed. */
test.each([
  ['Error: option --nope not recognized', 'arguments'],
  ["Error: Malformed application 'main'", 'main:app'],
  ["TypeError: 'module' object is not callable", 'variable'],
  ["1. module 'main' has no attribute 'nosuch'", 'variable'],
  ["TypeError: app() missing 1 required positional argument: 'send'", 'uvicorn'],
  ['ValueError: The "app" passed to ``create_server`` was ``None``.', 'return'],
])('%s', (output, hint) => {
  expect(waitress.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
})

describe('conformance', () => testAdapter(waitress))
describe('lan', () => testLan(waitress))
