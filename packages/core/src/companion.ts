import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Environment } from './candidates.ts'

/** A command that is about to run beside servers, in our terminal. What can be done without their urls is done. */
export interface Standby {
  /** Runs it, with these variables too. */
  readonly start: (told: Readonly<Record<string, string>>) => Companion
  /** It isn't wanted any more. */
  readonly dismiss: () => void
}

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
export function accompany(python: string, file: string, args: readonly string[], env: Environment): Standby {
  return process.platform === 'win32' ? alone(file, args, env) : guarded(python, [file, ...args], env)
}

function guarded(python: string, words: readonly string[], env: Environment): Standby {
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
  const send = (bytes: string | Buffer) => void (channel?.writable && channel.write(bytes))
  const companion: Companion = { ended, signal: (number) => send(Buffer.of(number)) }
  return {
    start: (told) => {
      const variables = Object.entries(told).map((pair) => pair.join('='))
      send(`${variables.join(' ')}\n`)
      return companion
    },
    dismiss: () => channel?.destroy(),
  }
}

/** Windows: there are no signals, and a program may be a script that only execa can start. */
function alone(file: string, args: readonly string[], env: Environment): Standby {
  const start: Standby['start'] = (told) => {
    const running = import('execa').then(({ execa }) => {
      const options = { stdio: 'inherit', extendEnv: false, reject: false } as const
      return { child: execa(file, args, { ...options, env: { ...env, ...told } }) }
    })
    const ended = running.then(async ({ child }) => {
      const { exitCode, code, shortMessage } = await child
      if (exitCode !== undefined) return { code: exitCode }
      return { code: code === 'ENOENT' ? 127 : 126, failure: shortMessage }
    })
    return { ended, signal: (number) => void (number && running.then(({ child }) => child.kill())) }
  }
  return { start, dismiss: () => {} }
}
