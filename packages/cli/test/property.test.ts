import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type AnyAdapter, DevlaunchError, launch, prepare } from '@devlaunch/core'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { adapters } from '../src/adapters.ts'
import { options as table } from '../src/args.ts'
import { main } from '../src/main.ts'
import { argument, golden, sometimes, word } from './kit/hostile.ts'
import { type Folder, project } from './kit/project.ts'
import { watchSpawns } from './kit/spawns.ts'

/** `npm run conformance` asks for 10,000. */
const numRuns = Number(process.env.DEVLAUNCH_RUNS ?? 1000)
const enough = { timeout: 600_000 }

let folder: Folder
/** A virtual environment that seems to have every server; its Python ends at once. */
let python: string

beforeAll(async () => {
  vi.stubEnv('PATH', '') // a word can be the name of a program that is there: then the user has named it
  const installed = adapters.flatMap(({ package: wanted }) => {
    if (!wanted) return []
    const site = 'venv/lib/python3.13/site-packages'
    return [
      [`${site}/${wanted.module}/__init__.py`, ''],
      [`${site}/${wanted.distribution}-99.0.dist-info/METADATA`, ''],
    ]
  })
  folder = await project({
    '.git/HEAD': '', // the root: nobody looks above it
    'venv/pyvenv.cfg': 'version = 3.13.0\n',
    'venv/bin/python': '',
    'shop/site/manage.py': '',
    ...Object.fromEntries(installed),
  })
  const { chmod, writeFile } = await import('node:fs/promises')
  python = join(realpathSync(folder.path), 'venv/bin/python')
  await writeFile(python, '#!/bin/sh\nexit 7\n')
  await chmod(python, 0o755)
  return async () => {
    vi.unstubAllEnvs()
    await folder[Symbol.asyncDispose]()
  }
})

/** Characters that a target of kind app may have: none that a shell, an option parser or a terminal acts upon. */
const harmless = /^[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*(\([\w\s.,='"-]*\))?)?$/

const usual = ['USAGE', 'REFUSED', 'PYTHON_NOT_FOUND', 'SERVER_NOT_FOUND', 'PORT_DENIED'] as const

/** On one line, short, and every character of it visible. */
function expectReadable(text: string, longest: number): void {
  expect(text.length).toBeLessThan(longest)
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
}

const words = ({ spawnargs }: { spawnargs: readonly string[] }) => spawnargs.join(' ')

async function settle<Value>(promise: Promise<Value>): Promise<{ value: Value } | { error: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

const wishes = (adapter: AnyAdapter) =>
  fc.record(
    {
      [adapter.target.option]:
        adapter.target.kind === 'command'
          ? fc.array(sometimes('python', 'app.py', '--', '.'), { maxLength: 4 })
          : sometimes('main:app', 'main:make("x")', 'shop/site/manage.py', '.', 'venv'),
      args: fc.array(argument, { maxLength: 3 }),
      env: fc.dictionary(sometimes('NAME', 'PATH'), sometimes('value'), { maxKeys: 3 }),
      host: sometimes('127.0.0.1', '::1', '0x7f.1'),
      port: fc.oneof(fc.constantFrom(0, -1, 65_536, 8e3, 1.5, Number.NaN, -0), fc.integer(), fc.double()),
      cwd: sometimes(folder.path),
      python: sometimes(python),
      envFile: word,
      readyPath: sometimes('/'),
      timeout: fc.oneof(fc.integer(), fc.double(), fc.constant(1000)),
      debug: fc.boolean(),
      reload: fc.boolean(),
    },
    { requiredKeys: [] },
  )

describe.for(adapters)('$name', (adapter) => {
  test(
    'whatever is wished for is planned or refused with a code, and nothing is started for it',
    enough,
    async () => {
      using spawns = watchSpawns()
      await fc.assert(
        fc.asyncProperty(wishes(adapter), async (wished) => {
          const wish = { cwd: folder.path, python, ...wished }
          const planned = await settle(prepare(adapter, wish))
          expect(spawns.take().map(words)).toEqual([])
          if ('value' in planned) return expectPlan(adapter, wish, planned.value.plan)
          const { error } = planned
          if (!(error instanceof DevlaunchError)) throw error
          expect(usual).toContain(error.code)
          expectReadable(error.message, 3000)
          const launched = await settle(launch(adapter, wish))
          expect(launched).toMatchObject({ error: expect.any(DevlaunchError) })
          expect(spawns.take().map(words)).toEqual([])
        }),
        { numRuns },
      )
    },
  )
})

function expectPlan(
  adapter: AnyAdapter,
  wish: { args?: string[]; [option: string]: unknown },
  plan: { args: readonly string[]; env: object },
): void {
  expectTarget(adapter, wish[adapter.target.option])
  const { args = [] } = wish
  const inOrder = (at: number) => args.every((each, offset) => plan.args[at + offset] === each)
  expect([0, ...plan.args.keys()].some(inOrder)).toBe(true) // word for word
  expect(plan.args.join('')).not.toContain('\0')
  const { env = {} } = wish as { env?: Record<string, string> }
  const scrubbed = (name: string) => adapter.scrub.some((each) => name.startsWith(each.replace('*', '')))
  const kept = Object.keys(env).filter((name) => !scrubbed(name))
  expect(Object.keys(plan.env)).toEqual(expect.arrayContaining(kept))
}

function expectTarget({ target: { kind, path } }: AnyAdapter, target: unknown): void {
  if (kind !== 'app' || target === undefined) return
  if (path?.test(String(target))) expect(target).not.toMatch(/^-|[\r\n]/)
  else expect(target).toMatch(harmless)
}

const line = fc.tuple(
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...adapters.map(({ name }) => name)) },
      { weight: 2, arbitrary: sometimes('main:app', '.', 'which', 'help') },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom(...Object.keys(table)), word, fc.constantFrom('=', ' ', ''))
          .map(([name, value, join]) => (join ? `--${name}${join}${value}` : `--${name}`)),
      },
      { weight: 1, arbitrary: word },
    ),
    { maxLength: 4 },
  ),
  fc.option(fc.array(argument, { maxLength: 3 }), { nil: undefined }),
)

test(
  'a hostile command line starts nothing but what the grammar allows, and ends with a code of ours',
  enough,
  async () => {
    using spawns = watchSpawns()
    await fc.assert(
      fc.asyncProperty(line, async ([words, rest]) => {
        const argv = ['--cwd', folder.path, '--python', python, ...words, ...(rest ? ['--', ...rest] : [])]
        const { code, stdout, stderr } = await run(argv)
        const started = spawns.take()
        expect([0, 2, 3, 4, 5, 6]).toContain(code)
        expectReadable(stderr, 5000)
        expect(code === 0 || stderr !== '' || stdout !== '').toBe(true)
        // our guard, under the interpreter that was named: no shell, no other program
        for (const { spawnfile, spawnargs } of started) {
          expect(spawnfile).toBe(python)
          expect(spawnargs).toEqual([python, '-I', '-S', expect.stringMatching(/guard\/__main__\.py$/)])
        }
        if (started.length > 0) {
          const [name, target] = words.filter((each) => !each.startsWith('-'))
          const adapter = adapters.find((each) => each.name === name)
          expect(adapter).toBeDefined()
          if (adapter) expectTarget(adapter, target)
          if (name === 'wsgi') expect(rest ?? []).toEqual([])
        }
      }),
      { numRuns },
    )
  },
)

test('a good command line is started: the watch for spawns sees it', async () => {
  using spawns = watchSpawns()
  const { code, stderr } = await run(['wsgi', 'main:app', '--cwd', folder.path, '--python', python])
  expect(spawns.take().length).toBe(1)
  expect(stderr).toContain('error GUARD_LOST: the guard of wsgi is gone: exit code 7')
  expect(code).toBe(6)
})

/** The command line's front door, in this process. What it registers here for good is taken away again. */
async function run(argv: readonly string[]) {
  const texts = { stdout: '', stderr: '' }
  const before = new Map(
    ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => [name, process.listeners(name as 'SIGINT')]),
  )
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      texts[name] += text
      return true
    }),
  )
  try {
    return { code: await main(argv), ...texts }
  } finally {
    for (const spy of spies) spy.mockRestore()
    for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error')
    for (const [name, kept] of before) {
      for (const each of process.listeners(name as 'SIGINT'))
        if (!kept.includes(each)) process.off(name, each)
    }
  }
}

test('the golden list has something for every server that has options', () => {
  for (const { name, reserved } of adapters.filter(({ target }) => target.kind !== 'command'))
    expect(
      golden.filter((each) => reserved.some(({ match }) => match.test(each))).length,
      name,
    ).toBeGreaterThan(1)
})
