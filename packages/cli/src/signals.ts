import { readFileSync } from 'node:fs'

/** Numbers are the same on every system that has them; the exit code is 128 more. */
const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** npm and a terminal can both send the same Ctrl-C: a second one within this many milliseconds is an echo. */
const echo = 500

export interface Signals {
  /** Calls the launch off. */
  readonly aborted: AbortSignal
  /** 128 + the number of the first signal, or `undefined`. */
  readonly exitCode: () => number | undefined
  /** What to do when the first has come, and when the user insists. */
  readonly onStop: (stop: () => void, kill: () => void) => void
  /** As if a SIGTERM had come, where no signal has. */
  readonly end: () => void
}

/** The first signal asks for the end, the second insists. */
export function handleSignals(): Signals {
  const controller = new AbortController()
  let first: { number: number; at: number } | undefined
  // before there is a server to kill: the guard ends whatever has been started
  let insist: () => void = () => process.exit(first && 128 + first.number)
  const come = (number: number) => {
    if (!first) {
      first = { number, at: performance.now() }
      controller.abort()
    } else if (performance.now() - first.at > echo) {
      insist()
    }
  }
  process.on('SIGUSR1', () => {}) // otherwise Node opens its debugger's port
  for (const [name, number] of Object.entries(numbers)) {
    if (name !== 'SIGHUP' || !hangUpIgnored()) process.on(name, () => come(number))
  }
  return {
    aborted: controller.signal,
    exitCode: () => first && 128 + first.number,
    end: () => void (first ?? come(numbers.SIGTERM)),
    onStop: (stop, kill) => {
      insist = kill
      if (controller.signal.aborted) stop()
      else controller.signal.addEventListener('abort', stop, { once: true })
    },
  }
}

/** nohup: Node doesn't tell that a signal is ignored, and a handler of ours would undo it. */
function hangUpIgnored(): boolean {
  if (process.platform !== 'linux') return false
  const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${ignored}`) & 1n) === 1n
}
