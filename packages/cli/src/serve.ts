import {
  DevlaunchError,
  launch,
  type OwnOptions,
  readSurroundings,
  type Server,
  type Socket,
  surroundings,
  whoHolds,
} from '@devlaunch/core'
import { launchBehind } from '@devlaunch/front'
import type { Arguments } from './args.ts'
import type { Choice } from './choose.ts'
import { Control } from './control.ts'
import { exitCodeAfter, exitCodeOf } from './exit-code.ts'
import { frontFor } from './front.ts'
import { openBrowser } from './open-browser.ts'
import { Printer } from './print.ts'
import { showJson, showText } from './show.ts'
import { handleSignals } from './signals.ts'
import { lendTerminal } from './terminal.ts'
import { notTwice, starter } from './twice.ts'
import { startWaiting } from './waiting.ts'
import { wishes } from './wishes.ts'
import { endWithParent } from './with-parent.ts'

/** Runs a server until it ends, and returns the exit code. */
export async function serve(choice: Choice, args: Arguments): Promise<number> {
  const { adapter } = choice
  const wished = wishes(choice, args)
  const front = frontFor(choice, args)
  const signals = handleSignals()
  endWithParent(args.withParent, signals)
  const terminal = args.json ? undefined : lendTerminal()
  const silent = args.json || args.quiet
  const waiting = silent ? undefined : startWaiting(`starting ${choice.name ?? adapter.name}`)
  const show = args.json ? showJson() : showText(wished, adapter.name, terminal !== undefined, waiting)
  let python: string | undefined
  let proven = false
  let stopping = false
  let control: Control | undefined
  terminal?.onOrder((order) => {
    waiting?.interrupt(true)
    if (control) control.obey(order)
    else process.stderr.write(new Printer(process.stderr).answer(early))
  })
  const start = front ? launchBehind.bind(null, front) : launch
  try {
    const once = await notTwice(choice, wished, args, (ended) => {
      waiting?.interrupt(true)
      if (!silent) process.stderr.write(new Printer(process.stderr).replaced(ended))
    })
    const server = await start(adapter, {
      ...once,
      by: starter(args),
      ...(terminal && { terminal }),
      signal: signals.aborted,
      onOutput: show.output,
      onEvent: (event) => {
        if (event.event === 'guard') {
          python = event.python
          proven = event.source !== 'none'
          terminal?.take()
        }
        if (event.event === 'stopping') stopping = true
        waiting?.interrupt(true)
        show.event(event)
        if (event.event === 'lan' && !args.json) control?.moved(event)
      },
    } satisfies OwnOptions)
    waiting?.end()
    terminal?.onResize(server.resize)
    signals.onStop(server.stop, server.kill)
    control = new Control(server, { ...wished, qr: args.qr })
    if (!silent) {
      const ready = {
        ...control.reached(),
        ...{
          plan: server.plan,
          front: server.front,
          proof: server.proof,
          notes: server.notes,
          warnings: server.warnings,
        },
        ...{ python: server.python, pythonVersion: python, proven, where: await place(server) },
        taken: await holders(
          server,
          wished.port ?? (server.plan.listener === 'found' ? undefined : adapter.port),
        ),
        keys: terminal !== undefined,
        code: await control.code(),
      }
      process.stderr.write(new Printer(process.stderr).ready(ready))
    }
    if (args.open) await openBrowser(server.url)
    const exit = await server.exited
    if (exit.error) show.error(exit.error)
    else if (signals.exitCode() === undefined && !control.quit && !stopping) show.ended(exit)
    if (exit.error) return exitCodeOf(exit.error)
    return signals.exitCode() ?? (control.quit || stopping ? 0 : exitCodeAfter(exit))
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

const early = 'It is not ready yet. Ctrl-C ends it.'

/** What loopback means here. */
async function place({ plan, front = plan, lan }: Server): Promise<string | undefined> {
  const facts = await readSurroundings(process.env)
  return surroundings(facts, { port: front.policy.bind.port, lan: lan !== undefined })
}

/** Who is in the way of the first choice, if another port had to be taken. */
async function holders(
  { plan, front = plan, python }: Server,
  wanted: number | undefined,
): Promise<readonly Socket[]> {
  return wanted === undefined || wanted === front.policy.bind.port ? [] : whoHolds(python.path, wanted)
}
