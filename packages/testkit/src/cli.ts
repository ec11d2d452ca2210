import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Process } from '@devlaunch/core'
import { onTestFailed } from 'vitest'

const testkit = join(import.meta.dirname, '..')
const bin = join(testkit, '../cli/src/bin.ts')

/** The command line, as a process of its own. */
export interface Cli extends AsyncDisposable {
  readonly pid: number
  /** The exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
  /** The first event of this name on its `--json` output, and of this kind. */
  event(name: string, isMeant?: (event: CliEvent) => boolean): Promise<CliEvent>
  signal(name: NodeJS.Signals): void
}

interface CliEvent {
  readonly event: string
  readonly pid: number
  readonly url: string
  readonly code: string
  readonly message: string
  readonly output: string
  /** Of `lan`: where it is served now, and why that has changed. */
  readonly lan?: { readonly interface: string; readonly host: string; readonly subnet: string }
  readonly reason: string
  /** Of `exit`. */
  readonly killed: readonly Process[]
}

/** The command line, as words. */
export function cliWords(args: readonly string[]): readonly string[] {
  return [process.execPath, '--conditions=@devlaunch/source', bin, ...args]
}

/**
 * Starts it as a socket activator does: with a listening socket inherited that nobody asked for. `within`: the command
 * that starts it, for example one that enters a network namespace.
 */
export function runCli(
  python: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  within: readonly string[] = [],
): Cli {
  return run(
    [...within, join(python, 'bin/python'), '-I', join(testkit, 'apps/inherit.py'), ...cliWords(args)],
    env,
  )
}

/** `words` become the command line at last. `onFailed`: of the test, where several run at once. */
export function run(
  [file = '', ...words]: readonly string[],
  env: Readonly<Record<string, string>>,
  onFailed: (fn: () => void) => void = onTestFailed,
): Cli {
  const child = spawn(file, words, {
    // biome-ignore lint/style/noProcessEnv: what a user's shell would pass on
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const transcript: string[] = []
  const events: CliEvent[] = []
  const lines = createInterface(child.stdout).on('line', (line) => {
    transcript.push(line)
    events.push(JSON.parse(line))
  })
  child.stderr.on('data', (text) => transcript.push(String(text)))
  onFailed(() => void process.stderr.write(`${transcript.join('\n')}\n`))
  return {
    pid: child.pid ?? 0,
    exited: ended.then(([code, signal]) => code ?? signal),
    event: (name, isMeant = () => true) => {
      const { promise, resolve, reject } = Promise.withResolvers<CliEvent>()
      const look = () => {
        const found = events.find((each) => each.event === name && isMeant(each))
        if (found) resolve(found)
      }
      lines.on('line', look)
      void ended.then(() => reject(new Error(`ended without the event ${JSON.stringify(name)}`)))
      look()
      return promise
    },
    signal: (name) => void child.kill(name),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
