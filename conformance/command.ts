import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { mark } from './family.ts'

const cli = join(import.meta.dirname, '../packages/cli')

/** The short form runs among the tests, which need no build. */
const program = process.env.VITEST
  ? ['--conditions=@devlaunch/source', join(cli, 'src/bin.ts')]
  : [join(cli, 'bin/devlaunch.cjs')]

interface CliEvent {
  readonly event: string
  readonly url?: string
  readonly pid?: number
  readonly code?: string
  readonly message?: string
  readonly output?: string
  readonly hint?: string
}

/** The command line as a process of its own, and what it said with `--json`. */
export interface Command {
  readonly child: ChildProcess
  readonly pid: number
  readonly events: readonly CliEvent[]
  /** The first event of this name, or `undefined` at its end. */
  readonly event: (name: string) => Promise<CliEvent | undefined>
  readonly exited: Promise<number | NodeJS.Signals>
}

/** Starts it with everything below it marked. */
export function command(
  args: readonly string[],
  options: {
    readonly cwd: string
    readonly mark: string
    readonly env?: Readonly<Record<string, string>> /** What enters a network namespace. */
    readonly within?: readonly string[]
  },
): Command {
  const [file = '', ...words] = [...(options.within ?? []), process.execPath, ...program, ...args]
  const child = spawn(file, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env, [mark]: options.mark },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal)
  const events: CliEvent[] = []
  const lines = createInterface(child.stdout).on('line', (line) => void events.push(JSON.parse(line)))
  return {
    child,
    pid: child.pid ?? 0,
    events,
    exited,
    event: (name) => {
      const { promise, resolve } = Promise.withResolvers<CliEvent | undefined>()
      const look = () => {
        const found = events.find(({ event }) => event === name)
        if (found) resolve(found)
      }
      lines.on('line', look).on('close', () => resolve(undefined))
      look()
      return promise
    },
  }
}
