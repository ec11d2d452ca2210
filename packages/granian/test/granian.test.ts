import { planner, type Situation, testAdapter, testLan } from '@devlaunch/testkit'
import { expect, test } from 'vitest'
import { type GranianOptions, granian } from '../src/index.ts'

const planned = planner(granian, '2.8.7', { app: 'main:app' })
const grace = '--workers-kill-timeout=1'
const late = ['--no-metrics', '--no-reload', grace]

test.each<[Partial<GranianOptions>, Situation, string, string[]]>([
  [{}, {}, 'asgi 127.0.0.1', [...late, 'main:app']],
  [{ app: 'main:make()' }, { version: null }, 'asgi 127.0.0.1', [...late, '--factory', 'main:make']],
  [{ interface: 'wsgi' }, { host: '::1' }, 'wsgi ::1', [...late, 'main:app']],
  [
    { app: 'main:make()' },
    { version: '1.7.6' },
    'asgi 127.0.0.1',
    ['--no-reload', grace, '--factory', 'main:make'],
  ],
  [{}, { version: '1.7.6', reload: true }, 'asgi 127.0.0.1', ['--reload', grace, 'main:app']],
])('the whole command %j %j', (options, situation, words, end) => {
  const [speaks, host] = words.split(' ')
  const start = ['-m', 'granian', `--interface=${speaks}`, `--host=${host}`, '--port=8000']
  expect(planned(options, situation).args).toEqual([...start, ...end])
})

test('a hostile environment leaves no trace; the own --interface of the user wins', () => {
  const env = { GRANIAN_HOST: '0.0.0.0', GRANIAN_METRICS_ENABLED: 'true', GRANIAN_UDS: '/tmp/u' }
  expect(planned({ env }, { env })).toMatchObject({ env: {}, unset: Object.keys(env) })
  const { args } = planned({ args: ['--interface', 'rsgi'] })
  expect(args.slice(2, 5)).toEqual(['--interface=asgi', '--interface', 'rsgi'])
})

test.each([
  '--host=0.0.0.0',
  '--port',
  '--uds=/u',
  '--metrics',
  '--metrics-address=0',
  '--reload',
  '--ssl-ca=c',
])('%s is refused', (arg) =>
  expect(() => planned({ args: [arg] })).toThrow(expect.objectContaining({ code: 'REFUSED' })),
)

testAdapter(granian)
testLan(granian)
