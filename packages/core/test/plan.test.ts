import { describe, expect, test } from 'vitest'
import type { Adapter, AnyAdapter } from '../src/adapter.ts'
import { commandLine } from '../src/command.ts'
import { type Facts, type PlanOptions, plan } from '../src/plan.ts'
import { resolvePolicy } from '../src/policy.ts'
import { release } from '../src/release.ts'

const adapter: Adapter<{ app?: string }> = {
  name: 'snake',
  port: 8000,
  reload: false,
  target: { kind: 'app', option: 'app', required: true, example: 'main:app' },
  command: ({ app }, flags) => ['-m', 'snake', ...flags, `${app}`],
  enforce: {
    bind: ({ host, port }) => ({ args: [`--host=${host}`, `--port=${port}`] }),
    debugger: (on) => ({ env: { SNAKE_DEBUG: on ? '1' : '0' } }),
    reload: (on) => ({ args: on ? ['--reload'] : [] }),
    proxyHeaders: 'app-decides',
    allowedHosts: 'absent',
    dotenv: 'absent',
    grace: (seconds, { atLeast }) => ({ args: atLeast('2.0') ? [`--grace=${seconds}`] : [] }),
  },
  socket: () => ({ args: ['--fd=3'] }),
  scrub: ['SNAKE_*', 'PORT'],
  reserved: [{ match: /^--host/, use: 'use --host' }],
  hints: [],
}
const facts: Facts = {
  python: '/venv/bin/python',
  release: release('2.1'),
  cwd: '/shop',
  env: { PATH: '/bin', PORT: '80', SNAKE_HOST: '0.0.0.0', SNAKE_DEBUG: '1' },
  platform: 'linux',
  terminal: false,
}
const policy = resolvePolicy({}, { host: '127.0.0.1', reach: 'loopback' }, 8000)
const planned = (options: PlanOptions & { app?: string }, change: Partial<Facts> = {}) =>
  plan(adapter, { app: 'main:app', ...options }, policy, { ...facts, ...change })

test('a plan is the whole command', () => {
  expect(planned({ args: ['--verbose'], env: { COLOUR: 'red', SNAKE_PORT: '9' } })).toMatchObject({
    file: '/venv/bin/python',
    args: ['-m', 'snake', '--verbose', '--host=127.0.0.1', '--port=8000', '--grace=1', '--fd=3', 'main:app'],
    env: { COLOUR: 'red', SNAKE_DEBUG: '0', PYTHONUNBUFFERED: '1' },
    unset: ['PORT', 'SNAKE_HOST', 'SNAKE_PORT'],
    cwd: '/shop',
    url: 'http://127.0.0.1:8000',
    unenforced: ['proxyHeaders'],
  })
})

test('every argument and variable of ours has a reason', () => {
  const { args, env, reasons } = planned({ args: ['--verbose'] })
  const explained = reasons.flatMap((reason) => [...reason.args, ...Object.keys(reason.env)])
  expect(explained.sort()).toEqual([...args.slice(2, -1), ...Object.keys(env)].sort())
})

describe('who opens the socket', () => {
  const otherwise = (socket: AnyAdapter['socket'], platform: NodeJS.Platform = 'linux') =>
    plan({ ...adapter, socket }, { app: 'main:app' }, policy, { ...facts, platform })

  test('the guard, where the server takes one', () => {
    expect(planned({})).toMatchObject({ listener: 'handed-over', restart: undefined })
    expect(otherwise(() => ({ env: { FD: '3' }, restart: 3 }))).toMatchObject({
      listener: 'handed-over',
      restart: 3,
      env: { FD: '3' },
    })
  })

  test.each([['reserve' as const], [() => 'reserve' as const]])(
    'the server, where it takes none',
    (socket) => {
      const { listener, args, reasons } = otherwise(socket)
      expect(listener).toBe('reserved')
      expect(args).not.toContain('--fd=3')
      expect(reasons).toContainEqual(expect.objectContaining({ field: 'socket', args: [], env: {} }))
    },
  )

  test.each(['darwin', 'win32'] as const)('the server on %s', (platform) => {
    const { listener, args } = planned({}, { platform })
    expect(listener).toBe('own')
    expect(args).not.toContain('--fd=3')
  })

  test('the command to copy leaves it out', () => {
    expect(commandLine(planned({}))).not.toContain('--fd')
  })
})

test('a terminal needs no unbuffering', () => {
  expect(planned({}, { terminal: true }).env).not.toHaveProperty('PYTHONUNBUFFERED')
})

test('a release that does not know a flag is not given it; an unknown one is the newest', () => {
  expect(planned({}, { release: release('1.9.9') }).args).not.toContain('--grace=1')
  expect(planned({}, { release: release(undefined) }).args).toContain('--grace=1')
})

describe('a target matches the grammar, or nothing is spawned', () => {
  test.each([
    'main',
    'main:app',
    'shop.main:app',
    'main:create_app()',
    'main:make("dev", debug=True)',
    'a.b:c.d',
  ])('%s', (app) => {
    expect(planned({ app }).args).toContain(app)
  })
  test.each([
    '--bind=0.0.0.0:9',
    '-b0.0.0.0',
    '--host=::',
    '',
    ' main:app',
    'main:app\n',
    'main:app\n--host=::',
    'main\0:app',
    'main:app;id',
    'main:app $(id)',
    'main:__import__("os").system("id")',
    'mаin:app', // a Cyrillic а
    'main:app()()',
    '../main:app',
    `${'x'.repeat(1_000_000)}!`,
  ])('%j is refused', (app) => {
    expect(() => planned({ app })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
  test('a missing one is asked for', () => {
    expect(() => plan(adapter, {}, policy, facts)).toThrow(/devlaunch snake main:app/)
  })
})

describe('an argument that would move the listener is refused by name', () => {
  test.each([['--host=::'], ['--host'], ['--']])('%s', (argument) => {
    expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
  })
  test('NUL', () => {
    expect(() => planned({ args: ['a\0b'] })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

test('the command line can be copied, and tells no secret', () => {
  const why = { field: 'output', args: [], env: { A: 'x y' }, why: '' } as const
  const plan = {
    file: '/a b/python',
    args: ['-m', "it's", '$HOME'],
    env: { A: 'x y', PASSWORD: 'x' },
    reasons: [why],
  }
  expect(commandLine({ ...plan, unset: [] })).toBe(`A='x y' PASSWORD=... '/a b/python' -m 'it'\\''s' '$HOME'`)
  expect(commandLine({ ...plan, unset: ['PORT'] })).toMatch(/^env -u PORT A='x y' /)
})

describe('the hook', () => {
  const hook = '/devlaunch/guard/hook'
  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['alone', {}, {}, hook],
    ["before the environment's folders", { PYTHONPATH: '/a:/b' }, {}, `${hook}:/a:/b`],
    ['before those of the launch', { PYTHONPATH: '/a' }, { PYTHONPATH: '/c' }, `${hook}:/c`],
    ['not before an empty one, which would be the working directory', { PYTHONPATH: '' }, {}, hook],
    ['once, also below a hooked server', { PYTHONPATH: `${hook}:/a` }, {}, `${hook}:/a`],
  ])('is found first: %s', (_, environment, env, PYTHONPATH) => {
    const { env: set, reasons } = planned({ env }, { hook, env: environment })
    expect(set).toMatchObject({ PYTHONPATH, DEVLAUNCH_BIND: '127.0.0.1:8000' })
    const why = 'refuse a wider bind before it happens'
    expect(reasons).toContainEqual({
      field: 'hook',
      args: [],
      env: expect.objectContaining({ PYTHONPATH }),
      why,
    })
  })

  test('is left out where its folder could not be written into PYTHONPATH', () => {
    expect(planned({}, { hook: '/a:b/hook' }).env).not.toHaveProperty('PYTHONPATH')
  })

  test("isn't part of the command to be copied; the user's own folders are", () => {
    expect(commandLine(planned({}, { hook, env: { PYTHONPATH: '/a' } }))).toMatch(
      /^SNAKE_DEBUG=0 PYTHONUNBUFFERED=1 \/venv/,
    )
    expect(commandLine(planned({ env: { PYTHONPATH: '/c' } }, { hook }))).toMatch(/ PYTHONPATH=\/c \/venv/)
  })
})

test('a wildcard is listened on, and reached by loopback', () => {
  const everywhere = resolvePolicy({ allow: ['public-bind'] }, { host: '0.0.0.0', reach: 'public' }, 8000)
  expect(plan(adapter, { app: 'main:app' }, everywhere, facts)).toMatchObject({
    url: 'http://127.0.0.1:8000',
    args: expect.arrayContaining(['--host=0.0.0.0']),
  })
})

test.each([
  ['2.0', '2.0.0', true],
  ['2.0.1', '2.0', true],
  ['2.10', '2.9', true],
  ['2.0rc1', '2.0', true],
  ['1.99', '2.0', false],
])('release %s is at least %s: %s', (version, wanted, expected) => {
  expect(release(version).atLeast(wanted)).toBe(expected)
})
