import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Environment } from './candidates.ts'

/** A command that runs beside servers, in our terminal, and is ended when we are gone. */
export interface Companion {
  /**
   * Its exit code: 128 + n, if signal n ended it. `failure`: why it couldn't be run. What it was asked to end is gone
   * with all that it had started.
   */
  readonly ended: Promise<{ readonly code: number; readonly failure?: string | undefined }>
  /** Asks it to end by a signal of this number; 0: a terminal has asked already. */
  readonly signal: (number: number) => void
}

const program = fileURLToPath(new URL('../guard/companion.py', import.meta.url))

/** `file`: an absolute path but on Windows, where it is looked up in the PATH of `env`. */
export async function accompany(
  python: string,
  file: string,
  args: readonly string[],
  env: Environment,
): Promise<Companion> {
  return process.platform === 'win32' ? alone(file, args, env) : guarded(python, [file, ...args], env)
}

function guarded(python: string, words: readonly string[], env: Environment): Companion {
  const guard = spawn(python, ['-I', '-S', program, ...words], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...env },
  })
  const [, , , channel] = (guard.stdio ?? []) as unknown as (Duplex | undefined)[] // none: too many files are open
  let failure = ''
  channel?.setEncoding('utf8').on('data', (text) => {
    failure += text
  })
  channel?.on('error', () => {}) // ECONNRESET, EPIPE: its end is told by `close`
  const { promise: ended, resolve } = Promise.withResolvers<Awaited<Companion['ended']>>()
  guard.on('error', ({ message }) => resolve({ code: 126, failure: message }))
  guard.on('close', (code, signal) => {
    resolve({ code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], failure: failure || undefined })
  })
  return { ended, signal: (number) => void (channel?.writable && channel.write(Buffer.of(number))) }
}

/** Windows: there are no signals, and a program may be a script that only execa can start. */
async function alone(file: string, args: readonly string[], env: Environment): Promise<Companion> {
  const { execa } = await import('execa')
  const running = execa(file, args, { stdio: 'inherit', env: { ...env }, extendEnv: false, reject: false })
  const ended = running.then(({ exitCode, code, shortMessage }) => {
    if (exitCode !== undefined) return { code: exitCode }
    return { code: code === 'ENOENT' ? 127 : 126, failure: shortMessage }
  })
  return { ended, signal: (number) => void (number && running.kill()) }
}
