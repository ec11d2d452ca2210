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
}

/** The first signal asks for the end, the second insists. */
export function handleSignals(): Signals {
  const controller = new AbortController()
  let first: { number: number; at: number } | undefined
  // before there is a server to kill: the guard ends whatever has been started
  let insist: () => void = () => process.exit(first && 128 + first.number)
  for (const [name, number] of Object.entries(numbers)) {
    process.on(name, () => {
      if (!first) {
        first = { number, at: performance.now() }
        controller.abort()
      } else if (performance.now() - first.at > echo) {
        insist()
      }
    })
  }
  return {
    aborted: controller.signal,
    exitCode: () => first && 128 + first.number,
    onStop: (stop, kill) => {
      insist = kill
      if (controller.signal.aborted) stop()
      else controller.signal.addEventListener('abort', stop, { once: true })
    },
  }
}
