import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import {
  DevlaunchError,
  type Exit,
  type Facts,
  type Lan,
  plan,
  prepare,
  release,
  resolvePolicy,
  type Socket,
} from '@devlaunch/core'
import { expect, test, vi } from 'vitest'
import { explainSetback, type Scene } from '../../core/src/failure.ts'
import type { Setback } from '../../core/src/wait.ts'
import { adapters } from '../src/adapters.ts'
import { exitCodeOf } from '../src/exit-code.ts'
import { Printer } from '../src/print.ts'
import type { Ready } from '../src/ready.ts'

const printer = new Printer(new PassThrough() as unknown as NodeJS.WriteStream) // no terminal, no colours
const uvicorn = adapters.find(({ name }) => name === 'uvicorn')
if (!uvicorn) throw new Error('there is no uvicorn')

const policy = resolvePolicy({}, { host: '127.0.0.1', reach: 'loopback' }, 8000)
const facts: Facts = {
  python: '/shop/.venv/bin/python',
  release: release('0.30.0'),
  cwd: '/shop',
  env: {},
  terminal: false,
  platform: 'linux',
}
const scene: Scene = {
  adapter: uvicorn,
  // what is in a command is other tests' concern
  plan: {
    ...plan(uvicorn, { app: 'main:app' }, policy, facts),
    args: ['-m', 'uvicorn'],
    env: {},
    reasons: [],
  },
  output: 'Traceback (most recent call last):\n  File "/shop/main.py", line 1, in <module>\nValueError: no\n',
  timeout: 60_000,
  holders: async () => [],
}
const socket = (more: Partial<Socket> = {}): Socket => ({
  ...{ address: '127.0.0.1', port: 8000, reach: 'loopback', pid: 4711, pids: [4711] },
  ...{ command: 'python other.py', cwd: '/other', protocol: 'tcp', queue: 0 },
  ...more,
})
const wide = socket({ address: '0.0.0.0', port: 9000, reach: 'public', command: 'python main.py' })

/** The plan for an address of a network. */
const planOn = (host: string, subnet: string) =>
  plan(
    { ...uvicorn },
    { app: 'main:app' },
    resolvePolicy({ lan: true }, { host, reach: 'lan', subnet }, 8000),
    facts,
  )

const setbacks: Readonly<Record<string, readonly [Setback, Partial<Scene>?]>> = {
  'called off': [{ kind: 'aborted' }],
  'wide, from code that is not known': [{ kind: 'exposed', sockets: [wide] }],
  'wide, to the local network': [
    { kind: 'exposed', sockets: [{ ...wide, address: '192.168.1.5', reach: 'lan' }] },
  ],
  'wide, by a process that has ended': [{ kind: 'exposed', sockets: [{ ...wide, command: '' }] }],
  'wide, nobody knows what': [{ kind: 'exposed', sockets: [] }],
  'the guard is gone': [{ kind: 'lost', reason: 'it was ended by SIGKILL' }],
  'no process for the guard': [
    { kind: 'lost', reason: "/usr/bin/python3 can't be run: spawn EAGAIN" },
    { output: '' },
  ],
  'the program is none': [{ kind: 'not-run', reason: 'Exec format error', file: '/shop/.venv/bin/python' }],
  'the kernel has no filter for it': [
    { kind: 'not-run', reason: 'Operation not permitted', file: 'SO_ATTACH_FILTER' },
    { plan: planOn('192.168.1.23', '192.168.1.0/24') },
  ],
  'a stranger at the address': [{ kind: 'strangers', sockets: [socket()] }],
  'a stranger of another user': [{ kind: 'strangers', sockets: [socket({ pid: null })] }],
  'never listened': [{ kind: 'late', status: undefined, sockets: [] }],
  'listened elsewhere': [{ kind: 'late', status: undefined, sockets: [socket({ port: 8123 })] }],
  'never answered': [{ kind: 'late', status: undefined, sockets: [socket()] }],
  'answered an error': [{ kind: 'late', status: 503, sockets: [socket()] }],
  'said that it never will': [{ kind: 'doomed' }],
  'ended with a code': [{ kind: 'gone', exit: 3 }],
  'ended without an error': [{ kind: 'gone', exit: 0 }, { output: '' }],
  'ended by a signal': [{ kind: 'gone', exit: -11 }, { output: 'loading\n' }],
  'could not be ended': [{ kind: 'gone', exit: null }, { output: '' }],
  'a module is missing': [
    { kind: 'gone', exit: 1 },
    { output: "ModuleNotFoundError: No module named 'shop.db'\n" },
  ],
  'no right to a file': [{ kind: 'gone', exit: 1 }, { output: 'open: Permission denied\n' }],
  'the port is held': [
    { kind: 'gone', exit: 1 },
    { output: 'OSError: [Errno 98] Address already in use\n', holders: async () => [socket()] },
  ],
}

function golden(name: string, error: DevlaunchError): string {
  const text = printer.error(error, { withOutput: true })
  return `# ${name}; exit code ${exitCodeOf(error)}${text}`
}

test('every message for a server that does not become ready', async () => {
  const all = await Promise.all(
    Object.entries(setbacks).map(async ([name, [setback, more]]) =>
      golden(name, await explainSetback(setback, { ...scene, ...more })),
    ),
  )
  await expect(all.join('\n')).toMatchFileSnapshot('golden/setbacks.txt')
})

/** Refused before anything is started: the wish, and the adapter it is for. */
const wishes: Readonly<Record<string, readonly [server: string, wish: object]>> = {
  'no target': ['uvicorn', {}],
  'a target that is none': ['uvicorn', { app: 'main:app\n--host=::' }],
  'a long target': ['uvicorn', { app: 'x '.repeat(1000) }],
  'a target with a NUL': ['http', { directory: 'a\0b' }],
  'a folder that is not there': ['http', { directory: '/nonexistent' }],
  'a folder that is a file': ['http', { directory: '/etc/passwd' }],
  'a file that is none': ['django', { manage: '/nonexistent/manage.py' }],
  'an argument that binds': ['gunicorn', { app: 'main:app', args: ['-b0.0.0.0'] }],
  'an argument that ends the options': ['gunicorn', { app: 'main:app', args: ['--'] }],
  'an argument with a NUL': ['gunicorn', { app: 'main:app', args: ['a\0'] }],
  'a variable without a name': ['gunicorn', { app: 'main:app', env: { '': 'x' } }],
  'a variable with a NUL': ['gunicorn', { app: 'main:app', env: { A: '\0' } }],
  'a reloader where there is none': ['http', { reload: true }],
  'a debugger where there is none': ['uvicorn', { app: 'main:app', debug: true }],
  'a public address': ['http', { host: '0.0.0.0' }],
  'an address of the local network': ['http', { host: '192.168.1.5', port: 80 }],
  'a debugger beyond this machine': ['flask', { host: '192.168.1.5', debug: true, allow: ['lan-bind'] }],
  'a name for an address': ['http', { host: 'example.com' }],
  'an interface': ['http', { host: 'fe80::1%eth0' }],
  'no port': ['http', { port: 8.5 }],
  'a Python that is none': ['http', { python: '/etc/passwd' }],
  'a file of variables that is not there': ['http', { envFile: '/nonexistent' }],
  'an address of another machine': [
    'http',
    { host: '192.0.2.1', allow: ['public-bind'], python: '/usr/bin/python3' },
  ],
}

test('every message for a wish that is refused', async () => {
  const all = await Promise.all(
    Object.entries(wishes).map(async ([name, [server, wish]]) => {
      const adapter = adapters.find((each) => each.name === server)
      if (!adapter) throw new Error(`there is no ${server}`)
      const error = await prepare(adapter, { cwd: '/', ...wish }).catch((error: unknown) => error)
      if (!(error instanceof DevlaunchError)) throw new Error(`${name}: ${error}`)
      return golden(name, error)
    }),
  )
  await expect(all.join('\n')).toMatchFileSnapshot('golden/refusals.txt')
})

test('a server that ends, and one that somebody joins', () => {
  const ended: Exit = { code: 3, signal: null, killed: [], survivors: [], error: undefined }
  expect(printer.ended('uvicorn', ended)).toBe('\n▐ uvicorn ended by itself: exit code 3\n')
  expect(printer.ended('uvicorn', { ...ended, code: null, signal: 9 })).toBe(
    '\n▐ uvicorn ended by itself: signal 9\n',
  )
  expect(printer.strangers([socket()])).toBe(
    '\n▐ warning  somebody else listens there too: pid 4711 (python other.py, in /other), on 127.0.0.1:8000\n',
  )
})

const holder = socket({
  command: 'python -m http.server --bind 127.0.0.1 8000',
  cwd: '/home/somebody/shop',
})
const now = new Date(2026, 10, 23, 14, 0).getTime()
const minutes = (count: number) => now + count * 60_000
const local = 'http://127.0.0.1:8000'

const onLoopback: Ready = {
  plan: { ...scene.plan, unset: ['PORT'] },
  front: undefined,
  python: {
    path: '/shop/.venv/bin/python',
    why: 'found in the project',
    version: '3.13.0',
    release: '0.30.0',
  },
  pythonVersion: '3.13.0',
  proof: { sockets: [socket()], neighbours: [] },
  proven: true,
  urls: { local, network: undefined },
  ...{ lan: undefined, until: undefined, now, where: undefined, code: undefined, keys: true },
  ...{ taken: [], notes: [], warnings: [] },
}

const lan: Lan = {
  interface: 'eth1',
  host: '192.168.1.23',
  subnet: '192.168.1.0/24',
  routed: true,
  passedOver: [
    {
      interface: 'docker0',
      host: '172.17.0.1',
      prefix: 16,
      reason: 'a bridge of containers or virtual machines',
    },
    { interface: 'tailscale0', host: '100.101.102.103', prefix: 32, reason: "a carrier's or a VPN's" },
    { interface: 'eth1', host: 'fd12::23', prefix: 64, reason: 'IPv6; there is an IPv4 address' },
    { interface: 'eth2', host: '2001:db8::7', prefix: 64, reason: 'a public address' },
    { interface: 'eth2', host: '203.0.113.7', prefix: 24, reason: 'a public address' },
    {
      interface: 'br-4f2a',
      host: '172.18.0.1',
      prefix: 16,
      reason: 'a bridge of containers or virtual machines',
    },
  ],
}

const onLan: Ready = {
  ...onLoopback,
  plan: { ...planOn(lan.host, lan.subnet), args: [], env: {}, unset: [], reasons: [] },
  proof: {
    sockets: [socket({ address: lan.host, reach: 'lan' })],
    neighbours: [],
    relay: { address: '127.0.0.1', port: 8000, pid: 4700 },
    filter: { filtered: true, reason: '' },
  },
  urls: { local, network: 'http://192.168.1.23:8000' },
  ...{ lan, until: minutes(30) },
  where: 'In a container: only what is in it reaches 127.0.0.1; publish the port to come from outside.',
  warnings: ['the app answers 400 to http://192.168.1.23:8000/: add that address to its trusted hosts'],
  code: '(the QR code)',
}

const six = { ...lan, interface: 'wlp0s20f3', host: 'fd12:3456:789a:1::20', subnet: 'fd12:3456:789a:1::/64' }
const unfiltered: Ready = {
  ...onLan,
  plan: { ...planOn(six.host, six.subnet), args: [], env: {}, unset: [], reasons: [] },
  proof: {
    ...onLan.proof,
    sockets: [socket({ address: six.host, reach: 'lan' })],
    filter: { filtered: false, reason: 'it needs a newer kernel' },
  },
  urls: { local, network: 'http://[fd12:3456:789a:1::20]:8000' },
  lan: { ...six, passedOver: [] },
  ...{ until: undefined, where: undefined, warnings: [], notes: ['runserver of channels'] },
}

const screens: Readonly<Record<string, (printer: Printer) => string>> = {
  'ready, on loopback': (printer) => printer.ready(onLoopback),
  'ready, on a network for half an hour': (printer) => printer.ready(onLan),
  'ready, on a network of IPv6, without a filter': (printer) => printer.ready(unfiltered),
  'it comes to a network': (printer) =>
    printer.reached({ ...onLan, until: undefined }, '(the QR code)', 'asked'),
  'it follows its address': (printer) =>
    printer.reached({ ...onLan, until: minutes(1.5) }, undefined, 'address'),
  'it leaves, as asked': (printer) => printer.reached(onLoopback, undefined, 'asked'),
  'its time is over': (printer) => printer.reached(onLoopback, undefined, 'time'),
  'its address has gone': (printer) => printer.reached(onLoopback, undefined, 'address'),
  'the addresses': (printer) => printer.reached({ ...onLan, until: minutes(60 * 50) }, undefined),
  'the keys': (printer) => printer.keys(),
}

const terminal = (columns: number) =>
  new Printer(Object.assign(new PassThrough(), { isTTY: true, columns }) as never)

test.each([
  ['80 columns', 'C.UTF-8', () => terminal(80)],
  ['40 columns', 'C.UTF-8', () => terminal(40)],
  ['no Unicode', 'C', () => terminal(80)],
  ['a pipe', 'C', () => printer],
])('every screen of a server that runs: %s', async (name, locale, open) => {
  vi.stubEnv('LC_ALL', locale)
  const all = Object.entries(screens).map(([title, show]) => {
    return `# ${title}${stripVTControlCharacters(show(open()))}`
  })
  vi.unstubAllEnvs()
  await expect(all.join('\n')).toMatchFileSnapshot(`golden/screens, ${name}.txt`)
})

test.each([80, 40])('what to do fits a terminal of %i columns, and no command is folded', (columns) => {
  const hint = `open that one, or take its place with --replace; ${'another '.repeat(9)}starts a second one`
  const parts = { hint, command: `python ${'--flag '.repeat(20)}`.trim() }
  const text = (error: DevlaunchError) =>
    stripVTControlCharacters(terminal(columns).error(error, { withOutput: true })).split('\n')
  const alone = text(new DevlaunchError('RUNNING', 'runs', { hint }))
  const both = text(new DevlaunchError('RUNNING', 'runs', parts))
  expect(both.filter((line) => line.includes(parts.command))).toHaveLength(1)
  for (const lines of [alone, both.filter((line) => !line.includes(parts.command))]) {
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(lines.join(' ').replace(/[▐ ]+/g, ' ')).toContain(hint)
  }
})

test.each([80, 40])('on a terminal of %i columns every line has the mark and fits', (columns) => {
  const screen = terminal(columns)
  const busy = {
    ...{ notes: [], taken: [holder], plan: { ...onLan.plan, seal: true } },
    proof: { ...onLan.proof, sockets: [socket(), socket({ port: 9229 })], neighbours: [holder] },
  }
  const stalls = (['childless', 'respawning', 'unaccepted', 'silent'] as const).map((reason) =>
    screen.stalled(reason, { server: 'gunicorn', reload: true, path: '/' }),
  )
  const texts = [
    ...Object.values(screens).map((show) => show(screen)),
    ...[screen.ready({ ...onLan, ...busy }), ...stalls, screen.strangers([holder])],
  ]
  const lines = stripVTControlCharacters(texts.join('')).split('\n')
  expect(lines.filter((line) => line !== '' && !(line.startsWith('▐') && line.length <= columns))).toEqual([])
})
