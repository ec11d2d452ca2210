import { planner, type Situation, testAdapter, testLan } from '@devlaunch/testkit'
import { expect, test } from 'vitest'
import { daphne } from '../src/index.ts'

const planned = planner(daphne, '4.2.3', { app: 'main:app' })

test.each<[Situation, string[]]>([
  [{}, ['--fd=3']],
  [{ version: '4.0.0', allow: ['proxy-headers', 'dotenv'] }, ['--proxy-headers', '--fd=3']],
  [{ host: '192.168.7.7', allow: ['lan-bind'] }, ['--fd=3']],
  [{ host: '::1' }, ['--bind=::1', '--port=8000']],
  [{ env: { LISTEN_FDS: '1', LISTEN_PID: '1', PORT: '9' } }, ['--fd=3']],
])('the whole command %j', (situation, flags) => {
  expect(planned({}, situation).args).toEqual(['-m', 'daphne', ...flags, 'main:app'])
  expect(planned({}, situation).unset).toEqual(situation.env ? ['LISTEN_FDS', 'LISTEN_PID'] : [])
})

test.each([
  '-b0',
  '--bi',
  '-p9',
  '--po=9',
  '-hp9',
  '-ux',
  '--un',
  '-e',
  '--en=tcp:9',
  '--f=4',
  '--proxy-headers',
])('%s is refused', (arg) =>
  expect(() => planned({ args: [arg] })).toThrow(expect.objectContaining({ code: 'REFUSED' })),
)
test.each(['-t30', '-v2', '--ping-interval=5', '--no-server-name', '--root-path=/a'])(
  '%s is passed on',
  (arg) => expect(planned({ args: [arg] }).args).toContain(arg),
)

testAdapter(daphne)
testLan(daphne)
