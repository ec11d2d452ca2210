import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { Adapter, AnyAdapter } from '../src/adapter.ts'
import { parseAddress } from '../src/address.ts'
import { commandLine } from '../src/command.ts'
import { type Facts, type PlanOptions, plan, planAt } from '../src/plan.ts'
import { resolvePolicy, type Wishes } from '../src/policy.ts'
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

test('a program of its own runs in place of the interpreter, which it is told', () => {
  const own: AnyAdapter = { ...adapter, command: (_, flags, __, python) => ['-I', ...flags, python] }
  const program = '/venv/bin/snake'
  const hook = '/devlaunch/guard/hook'
  const made = plan(own, { app: 'main:app' }, policy, { ...facts, hook, program })
  expect(made).toMatchObject({ file: program, python: '/venv/bin/python', env: { PYTHONPATH: hook } })
  expect(made.args.at(-1)).toBe('/venv/bin/python')
  expect(planned({})).toMatchObject({ file: '/venv/bin/python', python: '/venv/bin/python' })
  const isolated = plan(own, { app: 'main:app' }, policy, { ...facts, hook })
  expect(isolated.env).not.toHaveProperty('PYTHONPATH') // -I is an option of Python's
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

  describe('the app, where it decides', () => {
    const deciding: AnyAdapter = { ...adapter, enforce: { ...adapter.enforce, bind: 'app-decides' } }
    const decided = (wish: Wishes & { host?: string }, change: Partial<Facts> = {}) => {
      const address = parseAddress(wish.host ?? '127.0.0.1')
      if (!address) throw new Error('no address')
      return plan(deciding, { app: 'main:app' }, resolvePolicy(wish, address, 8000), { ...facts, ...change })
    }
    const everywhere: Wishes = { allow: ['public-bind'] }

    test.each(['linux', 'darwin', 'win32'] as const)('on loopback it is found, on %s', (platform) => {
      const { listener, env, unset, unenforced, reasons } = decided({}, { platform })
      expect(listener).toBe('found')
      expect(env).toMatchObject({ HOST: '127.0.0.1', PORT: '8000' })
      expect(unset).not.toContain('PORT')
      expect(unenforced).toContain('bind')
      expect(reasons).toContainEqual(
        expect.objectContaining({ field: 'bind', why: expect.stringContaining('offered') }),
      )
    })

    test('elsewhere, or at a port that was named, it is told', () => {
      expect(decided({}, { portNamed: true })).toMatchObject({ listener: 'own', env: { PORT: '8000' } })
      for (const [host, url] of [
        ['192.168.1.20', 'http://192.168.1.20:8000'],
        ['::', 'http://[::1]:8000'],
      ] as const) {
        const told = decided({ ...everywhere, host })
        expect(told).toMatchObject({ listener: 'own', env: { HOST: host, PORT: '8000' }, url })
      }
    })

    test('the command to copy tells it too', () => {
      expect(commandLine(decided({}))).toContain('HOST=127.0.0.1 PORT=8000')
    })

    test('once it is found, the plan says where', () => {
      const plan = decided({})
      const bind = { host: '::1', port: 9000, authority: '[::1]:9000' }
      expect(planAt(plan, plan.policy.bind)).toBe(plan)
      expect(planAt(plan, bind)).toMatchObject({
        url: 'http://[::1]:9000',
        policy: { bind, allowedHosts: ['[::1]:9000'] },
        env: { PORT: '8000' },
      })
    })
  })

  test('the command to copy leaves it out', () => {
    expect(commandLine(planned({}))).not.toContain('--fd')
  })

  test('in place of the address, where the server would listen on both; the command to copy has the address', () => {
    const made = otherwise(() => ({ args: ['--fd=3'], instead: 'bind' }))
    expect(made.args).toEqual(['-m', 'snake', '--grace=1', '--fd=3', 'main:app'])
    expect(commandLine(made)).toMatch(/ -m snake --grace=1 --host=127\.0\.0\.1 --port=8000 main:app$/)
    const { args } = otherwise(() => ({ args: ['--fd=3'], instead: 'bind' }), 'darwin')
    expect(args).toEqual(['-m', 'snake', '--host=127.0.0.1', '--port=8000', '--grace=1', 'main:app'])
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
  const withPath = (app: string) => {
    const target = { ...adapter.target, path: /\.py$|\// }
    return plan({ ...adapter, target }, { app }, policy, facts).args
  }
  test.each(['main:app', 'a b/main.py', '../shop/'])('%s, where the server takes paths', (app) => {
    expect(withPath(app)).toContain(app)
  })
  test.each(['--bind=0.0.0.0:9', '-x/main.py', '--app-dir=a/b.py', 'a/\nb.py'])('%j is no path', (app) => {
    expect(() => withPath(app)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
  test('one that would bring listeners along is refused by name', () => {
    const reserved = [{ match: /\.ini$/, use: 'name the module' }]
    const own: AnyAdapter = { ...adapter, target: { ...adapter.target, reserved } }
    const refusal = { code: 'REFUSED', hint: 'name the module' }
    for (const app of ['snake.ini', 'conf/snake.ini']) {
      expect(() => plan(own, { app }, policy, facts)).toThrow(expect.objectContaining(refusal))
    }
    expect(plan(own, { app: 'main:app' }, policy, facts).args).toContain('main:app')
  })
  test('a missing one is asked for', () => {
    expect(() => plan(adapter, {}, policy, facts)).toThrow(/devlaunch snake main:app/)
  })
})

describe('a command is a list of words, or nothing is spawned', () => {
  const runner: AnyAdapter = {
    ...adapter,
    target: { kind: 'command', option: 'command', required: true, example: '-- python app.py' },
    command: ({ command: [, ...words] }, flags) => [...words, ...flags],
  }
  const run = (command: unknown) => plan(runner, { command } as object, policy, facts)

  test.each([[['python', 'app.py', '--', '-x', '']], [['./serve']], [['a b', "ü'x"]]])('%j', (command) => {
    expect(run(command).args.slice(0, command.length - 1)).toEqual(command.slice(1))
  })

  test.each([[undefined], [[]], ['python app.py'], [['']], [[1]], [['python', 'a\0b']], [{ length: 1 }]])(
    'not %j',
    (command) => {
      expect(() => run(command)).toThrow(
        expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('-- python app.py') }),
      )
    },
  )
})

describe('an argument that would move the listener is refused by name', () => {
  test.each([['--host=::'], ['--host'], ['--']])('%s', (argument) => {
    expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
  })
  test('NUL', () => {
    expect(() => planned({ args: ['a\0b'] })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

describe('a seal', () => {
  test('is part of the plan, with its reason', () => {
    expect(planned({}).seal).toBe(false)
    expect(planned({ seal: true })).toMatchObject({ seal: true, listener: 'handed-over' })
    expect(planned({ seal: true }).reasons.map(({ field }) => field)).toContain('seal')
  })
  test('is refused where the server opens its own socket', () => {
    const own = { ...adapter, socket: 'reserve' } as const
    const sealed = () => plan(own, { app: 'main:app', seal: true }, policy, facts)
    expect(sealed).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        summary: "snake can't be sealed: its server opens its own socket",
        hint: 'leave out --seal, or serve the app with gunicorn or uvicorn',
      }),
    )
  })
  test.each(['darwin', 'win32'] as const)('is refused on %s', (platform) => {
    expect(() => planned({ seal: true }, { platform })).toThrow(/only Linux has what it takes/)
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

  test('limits the listener to the subnet of the policy', () => {
    const lan = { ...policy, subnet: '192.168.1.0/24' }
    const { env, reasons } = plan(adapter, { app: 'main:app' }, lan, { ...facts, hook })
    expect(env).toMatchObject({ DEVLAUNCH_SUBNET: '192.168.1.0/24' })
    expect(reasons).toContainEqual({
      field: 'hook',
      args: [],
      env: { DEVLAUNCH_SUBNET: '192.168.1.0/24' },
      why: 'let the kernel drop what comes from outside 192.168.1.0/24',
    })
    const elsewhere = plan(adapter, { app: 'main:app' }, lan, { ...facts, hook, platform: 'darwin' })
    expect(elsewhere.env).not.toHaveProperty('DEVLAUNCH_SUBNET')
  })

  test('leaves a listener of native code to the kernel, which holds it until the guard has limited it', () => {
    const lan = { ...policy, subnet: '192.168.1.0/24' }
    const native = plan({ ...adapter, native: true }, { app: 'main:app' }, lan, { ...facts, hook })
    expect(native.env).toMatchObject({ PYTHONPATH: hook })
    expect(native.env).not.toHaveProperty('DEVLAUNCH_SUBNET')
  })

  test('takes the subnet of nobody else', () => {
    const environment = { DEVLAUNCH_SUBNET: '10.0.0.0/8' }
    const { env, unset } = planned({ env: environment }, { hook, env: environment })
    expect(env).not.toHaveProperty('DEVLAUNCH_SUBNET')
    expect(unset).toContain('DEVLAUNCH_SUBNET')
    const lan = { ...policy, subnet: '192.168.1.0/24' }
    const below = plan(adapter, { app: 'main:app' }, lan, { ...facts, hook, env: environment })
    expect(below.env).toMatchObject({ DEVLAUNCH_SUBNET: '192.168.1.0/24' })
    expect(below.unset).not.toContain('DEVLAUNCH_SUBNET')
  })

  test("isn't part of the command to be copied; the user's own folders are", () => {
    expect(commandLine(planned({}, { hook, env: { PYTHONPATH: '/a' } }))).toMatch(
      /^SNAKE_DEBUG=0 PYTHONUNBUFFERED=1 \/venv/,
    )
    expect(commandLine(planned({ env: { PYTHONPATH: '/c' } }, { hook }))).toMatch(/ PYTHONPATH=\/c \/venv/)
  })
})

describe('what an adapter tells the hook', () => {
  const mine = { DEVLAUNCH_OVERLAY: 'snake.conf:/snake.py', DEVLAUNCH_ALLOWED_HOSTS: '192.168.1.23:8000' }
  const theirs = { DEVLAUNCH_OVERLAY: 'os:/evil.py', DEVLAUNCH_ALLOWED_HOSTS: 'evil.example:1' }
  const at = (host: string) => resolvePolicy({ allow: ['lan-bind'] }, { host, reach: 'lan' }, 8000)
  const telling: AnyAdapter = {
    ...adapter,
    enforce: {
      ...adapter.enforce,
      allowedHosts: ([host]) => (host?.startsWith('192.') ? { env: mine } : 'app-decides'),
    },
  }
  const hooked = { ...facts, hook: '/devlaunch/guard/hook' }

  test('is part of the plan, with its reason, and not of the command to be copied', () => {
    const made = plan(telling, { app: 'main:app' }, at('192.168.1.23'), hooked)
    expect(made.env).toMatchObject(mine)
    expect(made.unenforced).toEqual(['proxyHeaders'])
    expect(made.reasons).toContainEqual({
      field: 'allowedHosts',
      args: [],
      env: mine,
      why: 'answer to 192.168.1.23:8000',
    })
    expect(commandLine(made)).not.toMatch(/DEVLAUNCH/)
  })

  test('is not needed for every value, and the user is told', () => {
    const { env, unenforced } = plan(telling, { app: 'main:app' }, at('10.0.0.1'), hooked)
    expect(Object.keys(env)).not.toContain('DEVLAUNCH_OVERLAY')
    expect(unenforced).toEqual(['proxyHeaders', 'allowedHosts'])
  })

  test('comes from nobody else: not from the launch that this one is below, nor from a file of variables', () => {
    for (const host of ['192.168.1.23', '10.0.0.1']) {
      const clean = plan(telling, { app: 'main:app' }, at(host), hooked)
      const below = { ...hooked, env: { ...hooked.env, ...theirs } }
      for (const made of [
        plan(telling, { app: 'main:app' }, at(host), below),
        plan(telling, { app: 'main:app', env: theirs }, at(host), hooked),
      ]) {
        expect(made.env).toEqual(clean.env)
        const inherited = Object.keys(theirs).filter((name) => !Object.hasOwn(clean.env, name))
        expect(made.unset.filter((name) => name.startsWith('DEVLAUNCH'))).toEqual(inherited.sort())
      }
    }
  })
})

test('a shell reads the command line as it was meant, whatever is in it, and a person sees it on one line', () => {
  const args = ['a\nerror EXPOSED: x', "\t'\\", '\x1b[2J1', '\u202eabc', '٣ é', '']
  const line = commandLine({
    file: 'printf',
    args: ['%s|', ...args],
    env: { __proto__x: '1' },
    unset: [],
    reasons: [],
  })
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(execFileSync('bash', ['-c', line], { encoding: 'utf8' })).toBe(
    args.map((each) => `${each}|`).join(''),
  )
})

test('a variable keeps its name, also one that JavaScript has a use for', () => {
  const env = Object.fromEntries([['__proto__', 'x']])
  expect(Object.entries(planned({ env }).env)).toContainEqual(['__proto__', 'x'])
})

test.each([
  ['', 'x', /"" is no name for a variable: it is empty/],
  ['A=B', 'x', /"A=B" is no name for a variable: it has a "="/],
  ['A', 'x\0', /the variable "A" can't have that value: it has a NUL character/],
  ['A', 'x'.repeat(1 << 17), /the variable "A" can't have that value: it is longer than 128 KiB/],
])('a variable that no process can have is refused: %j', (name, value, says) => {
  expect(() => planned({ env: { [name]: value } })).toThrow(says)
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
