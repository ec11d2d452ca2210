import { type AnyAdapter, type LaunchOptions, launch, type Server } from '@devlaunch/core'
import { expect, onTestFailed, onTestFinished } from 'vitest'
import { type Cli, runCli } from './cli.ts'
import { type Fixture, type Mode, wordsOf } from './fixture.ts'
import { freePort } from './free-port.ts'
import { descendants, isTaken, type Life, marked, parentOf, survivors } from './kernel.ts'
import { makeProject, type Project } from './project.ts'
import type { Age, Environment } from './servers.ts'

/** One release of one server, to be started in several modes. */
export interface Trial {
  readonly adapter: AnyAdapter
  readonly age: Age
  readonly fixture: Fixture
  readonly modes: readonly [Mode, ...Mode[]]
  /** The modes with more than one process, where there are any. */
  readonly busy: readonly [Mode, ...Mode[]]
  /** The modes in which it can be given a socket. */
  readonly given: readonly Mode[]
  readonly start: (project: Project, mode: Mode, options?: LaunchOptions) => Promise<Server>
  readonly makeProject: (hostile?: Readonly<Record<string, string>>) => Promise<Project>
  /** What the command line is told. */
  readonly words: (project: Project, mode: Mode, options: readonly string[]) => readonly string[]
  readonly startCli: (project: Project, mode: Mode, env?: Record<string, string>) => Promise<Cli>
}

/** In the environment of everything that a test file starts, as DEVLAUNCH_TEST_RUN. */
export const marker: string = crypto.randomUUID()
/** For `vi.waitFor`, and as vitest.config.ts has it for `expect.poll`. */
export const eventually: { timeout: number; interval: number } = { timeout: 20_000, interval: 50 }

export function makeTrial(adapter: AnyAdapter, fixture: Fixture, { age, python }: Environment): Trial {
  const simplest: Mode = { name: 'reload off', reload: false, args: [] }
  const busy: Mode[] = []
  if (typeof adapter.enforce.reload === 'function') busy.push({ name: 'reload on', reload: true, args: [] })
  const { workers, oldestWorkers = true } = fixture
  if (workers && (age === 'newest' || oldestWorkers))
    busy.push({ name: 'two workers', reload: false, args: workers })
  const [first = simplest, ...others] = busy
  const words: Trial['words'] = ({ cwd, python }, mode, options) =>
    wordsOf(adapter, fixture, mode, [...options, '--cwd', cwd, '--python', python])
  const modes = [simplest, ...busy, ...(fixture.variants ?? [])] as const
  const loses = ({ reload }: Mode) =>
    adapter.socket === 'reserve' || (reload && age === fixture.reloadsUnbound)
  return {
    adapter,
    age,
    fixture,
    modes,
    busy: [first, ...others],
    given: modes.filter((mode) => !loses(mode)),
    start: async ({ cwd, python }, { reload, args, env }, options) => {
      const target = fixture.target && { [adapter.target.option]: fixture.target }
      const server = await launch(adapter, {
        cwd,
        python,
        reload,
        args,
        env: env ?? {},
        ...target,
        ...options,
      })
      onTestFinished(async () => void (await server.stop())) // also where a test expects that there is none
      onTestFailed(() => void process.stderr.write(`${server.logs.all.join('\n')}\n`))
      return server
    },
    makeProject: (hostile) => makeProject(fixture.app, python, hostile),
    words,
    startCli: async (project, mode, env = {}) => {
      const args = words(project, mode, ['--port', String(await freePort())])
      return runCli(python, args, { ...mode.env, ...env })
    },
  }
}

/** Everything that the guard of this server watches. */
export function treeOf(pid: number): Life[] {
  return descendants(parentOf(pid))
}

/** Those of the tree, or of anything else that was started here, that still live. */
export function living(tree: readonly Life[] = []): Life[] {
  return [...survivors(tree), ...marked(marker)]
}

/** A port that the kernel would give to no client, and on which nobody takes UDP. */
export function freeUdpPort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    if (!isTaken(port)) return port
  }
}

/** Nothing lives, and the port is free. */
export async function expectGone(tree: readonly Life[], url: string): Promise<void> {
  await expect.poll(() => living(tree)).toEqual([])
  await expect.poll(() => isTaken(portOf(url))).toBe(false) // a test beside this one may be given it for a moment
}

export function portOf(url: string): number {
  return Number(new URL(url).port)
}
