import {
  Cleaner,
  DevlaunchError,
  type Exit,
  type LaunchEvent,
  type LaunchOptions,
  launch,
  type Server,
  type Socket,
  type Stream,
  whoHolds,
} from '@devlaunch/core'
import type { Arguments } from './args.ts'
import type { Choice } from './choose.ts'
import { exitCodeAfter, exitCodeOf } from './exit-code.ts'
import { theirs } from './mark.ts'
import { Printer } from './print.ts'
import { JsonReport } from './report.ts'
import { handleSignals } from './signals.ts'
import { lendTerminal } from './terminal.ts'
import { startWaiting, type Waiting } from './waiting.ts'
import { wishes } from './wishes.ts'
import { write } from './write.ts'

/** Runs a server until it ends, and returns the exit code. */
export async function serve({ adapter, target }: Choice, args: Arguments): Promise<number> {
  const signals = handleSignals()
  const terminal = args.json ? undefined : lendTerminal()
  const waiting = args.json || args.quiet ? undefined : startWaiting(`starting ${adapter.name}`)
  const show = args.json ? showJson() : showText(args, adapter.name, terminal !== undefined, waiting)
  let python: string | undefined
  let proven = false
  try {
    const server = await launch(adapter, {
      ...wishes(adapter, target, args),
      ...(terminal && { terminal }),
      signal: signals.aborted,
      onOutput: show.output,
      onEvent: (event) => {
        if (event.event === 'guard') {
          python = event.python
          proven = event.source !== 'none'
          terminal?.take()
        }
        waiting?.interrupt(true)
        show.event(event)
      },
    } satisfies LaunchOptions)
    waiting?.end()
    terminal?.onResize(server.resize)
    signals.onStop(server.stop, server.kill)
    show.ready({ server, python, proven, taken: await taken(server, args.port ?? adapter.port) })
    if (args.open) await openBrowser(server.url)
    const exit = await server.exited
    if (exit.error) show.error(exit.error)
    else if (signals.exitCode() === undefined) show.ended(exit)
    return exit.error ? exitCodeOf(exit.error) : (signals.exitCode() ?? exitCodeAfter(exit))
  } catch (error) {
    waiting?.end()
    if (!(error instanceof DevlaunchError)) throw error
    const signalled = signals.exitCode()
    const expected = error.code === 'ABORTED' && signalled !== undefined
    if (!expected || args.json) show.error(error)
    if (expected) return signalled
    return exitCodeOf(error)
  } finally {
    terminal?.giveBack()
  }
}

interface Show {
  readonly event: (event: LaunchEvent) => void
  readonly output: (text: string, stream: Stream) => Promise<void>
  readonly ready: (ready: {
    readonly server: Server
    readonly python: string | undefined
    readonly proven: boolean
    readonly taken: readonly Socket[]
  }) => void
  /** It ended, and nobody had asked for that. */
  readonly ended: (exit: Exit) => void
  readonly error: (error: DevlaunchError) => void
}

function showJson(): Show {
  const report = new JsonReport()
  return {
    event: (event) => report.event(event),
    output: (text, stream) => report.output(text, stream),
    ready: () => {},
    ended: () => {},
    error: (error) => report.error(error),
  }
}

/** The server's own lines go where it wrote them; ours go to stderr, so that a pipe gets the server's alone. */
function showText(
  { quiet, readyPath }: Arguments,
  adapterName: string,
  edits: boolean,
  waiting: Waiting | undefined,
): Show {
  let running = false
  let reload = false
  const printer = new Printer(process.stderr)
  const cleaners = { stdout: new Cleaner({ edits }), stderr: new Cleaner({ edits }) }
  const warn = (event: LaunchEvent): string | undefined => {
    if (event.event === 'strangers' && event.sockets.length > 0) return printer.strangers(event.sockets)
    if (event.event === 'stalled')
      return printer.stalled(event.reason, { server: adapterName, reload, path: readyPath ?? '/' })
    if (event.event === 'recovered') return printer.recovered(event.reason)
    return event.event === 'unseen' ? printer.unseen(event) : undefined
  }
  return {
    event: (event) => {
      if (event.event === 'planned') reload = event.plan.policy.reload
      if (event.event === 'ready') running = true
      if (event.event === 'cleaned') process.stderr.write(printer.cleaned(event.processes))
      const warning = warn(event)
      const isFailure =
        event.event === 'strangers' || (event.event === 'stalled' && event.reason !== 'silent')
      if (warning && (running || !isFailure)) process.stderr.write(warning)
    },
    output: (text, stream) => {
      const shown = theirs(cleaners[stream].clean(text))
      waiting?.interrupt(shown.endsWith('\n'))
      return write(process[stream], shown)
    },
    ready: ({ server, python, proven, taken }) => {
      if (quiet) return
      const { plan, proof, notes } = server
      const ready = { plan, python: server.python, pythonVersion: python, proof, proven, taken, notes }
      process.stderr.write(printer.ready(ready))
    },
    ended: (exit) => process.stderr.write(printer.ended(adapterName, exit)),
    // the output of a server that failed has been shown already
    error: (error) => process.stderr.write(printer.error(error, { withOutput: !printed.has(error.code) })),
  }
}

const printed: ReadonlySet<string> = new Set(['FAILED', 'NOT_READY', 'GUARD_LOST'])

/** Who is in the way of the first choice, if another port had to be taken. */
async function taken(server: Server, wanted: number): Promise<readonly Socket[]> {
  return wanted === server.plan.policy.bind.port ? [] : whoHolds(server.python.path, wanted)
}

async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import('open')
  await open(url).catch(() => {})
}
