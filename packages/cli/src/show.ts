import {
  Cleaner,
  type DevlaunchError,
  type Exit,
  type LaunchEvent,
  type LaunchOptions,
  type Stream,
} from '@devlaunch/core'
import { theirs } from './mark.ts'
import { Printer, type Stalled } from './print.ts'
import { JsonReport } from './report.ts'
import type { Waiting } from './waiting.ts'
import { write } from './write.ts'

/** What is shown of a server's life, for a person or for a program. */
export interface Show {
  readonly event: (event: LaunchEvent) => void
  readonly output: (text: string, stream: Stream) => Promise<void>
  /** It ended, and nobody had asked for that. */
  readonly ended: (exit: Exit) => void
  readonly error: (error: DevlaunchError) => void
}

export function showJson(): Show {
  const report = new JsonReport()
  return {
    event: (event) => report.event(event),
    output: (text, stream) => report.output(text, stream),
    ended: () => {},
    error: (error) => report.error(error),
  }
}

/** The server's own lines go where it wrote them; ours go to stderr, so that a pipe gets the server's alone. */
export function showText(
  { readyPath }: LaunchOptions,
  adapterName: string,
  edits: boolean,
  waiting: Waiting | undefined,
): Show {
  let running = false
  let reload = false
  const printer = new Printer(process.stderr)
  const cleaners = { stdout: new Cleaner({ edits }), stderr: new Cleaner({ edits }) }
  return {
    event: (event) => {
      if (event.event === 'planned') reload = event.plan.policy.reload
      if (event.event === 'ready') running = true
      if (event.event === 'cleaned') process.stderr.write(printer.cleaned(event.processes))
      const warning = warningOf(event, printer, { server: adapterName, reload, path: readyPath ?? '/' })
      const isFailure =
        event.event === 'strangers' || (event.event === 'stalled' && event.reason !== 'silent')
      if (warning && (running || !isFailure)) process.stderr.write(warning)
    },
    output: (text, stream) => {
      const shown = theirs(cleaners[stream].clean(text), process[stream])
      waiting?.interrupt(shown.endsWith('\n'))
      return write(process[stream], shown)
    },
    ended: (exit) => process.stderr.write(printer.ended(adapterName, exit)),
    // the output of a server that failed has been shown already
    error: (error) => process.stderr.write(printer.error(error, { withOutput: !printed.has(error.code) })),
  }
}

/** What a person should know of a server that runs; `undefined`: nothing. */
export function warningOf(event: LaunchEvent, printer: Printer, server: Stalled): string | undefined {
  if (event.event === 'strangers' && event.sockets.length > 0) return printer.strangers(event.sockets)
  if (event.event === 'stalled') return printer.stalled(event.reason, server)
  if (event.event === 'recovered') return printer.recovered(event.reason)
  if (event.event === 'stopping') return printer.stopping()
  return event.event === 'unseen' ? printer.unseen(event) : undefined
}

/** The errors whose output is the server's, as it was printed. */
export const printed: ReadonlySet<string> = new Set(['FAILED', 'NOT_READY', 'GUARD_LOST'])
