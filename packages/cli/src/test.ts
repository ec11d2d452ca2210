import {
  accompany,
  type Companion,
  DevlaunchError,
  type Exit,
  type Server,
  type Standby,
} from '@devlaunch/core'
import type { Arguments } from './args.ts'
import { exitCodeOf } from './exit-code.ts'
import { cannotRun, findCommand, searchPath } from './find-command.ts'
import { Printer } from './print.ts'
import { printed } from './show.ts'
import { handleSignals, type Signals } from './signals.ts'
import { inForeground } from './terminal.ts'
import { planAll, type Tested, testedOf } from './tested.ts'
import { variables } from './variables.ts'
import { endWithParent } from './with-parent.ts'

/** Milliseconds in which a command ends after it was asked, before it is asked by SIGTERM, and before it is killed. */
const patience = 5000

const goesOn = `The command goes on. It gets SIGTERM now, and SIGKILL in ${patience / 1000} s.`
const insisting = ' Ctrl-C ends everything at once.'

const SIGINT = 2
const SIGKILL = 9
const SIGTERM = 15

/** `devlaunch test`: servers that live as long as a command, whose exit code it returns. */
export async function test(args: Arguments): Promise<number> {
  const [word, ...words] = args.rest
  if (word === undefined) {
    throw new DevlaunchError('USAGE', 'there is no command to run', {
      hint: 'put it behind --, for example: devlaunch test flask -- npm run e2e',
    })
  }
  const all = await testedOf(args)
  if (args.dryRun) return planAll(all, args.rest)
  const path = searchPath(process.cwd(), process.env.PATH)
  const file = await findCommand(word, path, process.cwd())
  if (typeof file !== 'string') return fail(file.error, file.code)
  const signals = handleSignals()
  endWithParent(args.withParent, signals)
  const held: { standby?: Standby } = {}
  const standBy = (python: string) => {
    held.standby ??= accompany(python, file, words, { ...process.env, PATH: path })
    return held.standby
  }
  const servers = await startAll(all, signals, standBy)
  if (typeof servers === 'number') {
    held.standby?.dismiss()
    return servers
  }
  const told = variables(all.map(({ name }, index) => ({ name, url: servers[index]?.url ?? '' })))
  const command = standBy(servers[0]?.python.path ?? '').start(told)
  return attend(command, file, all, servers, signals)
}

/** Resolves when all are ready; with an exit code where one can't be, or a signal has come: then none is left. */
async function startAll(
  all: readonly Tested[],
  signals: Signals,
  onStarted: (python: string) => void,
): Promise<readonly Server[] | number> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  signals.aborted.addEventListener('abort', abort)
  if (signals.aborted.aborted) abort()
  let first: { readonly error: unknown; readonly log: Tested['log'] } | undefined
  const starts = all.map(async ({ start, log }) => {
    try {
      return await start(controller.signal, onStarted)
    } catch (error) {
      first ??= { error, log }
      abort()
      return undefined
    }
  })
  const servers = (await Promise.all(starts)).filter((server) => server !== undefined)
  signals.aborted.removeEventListener('abort', abort)
  if (!first) return servers
  await Promise.all(servers.map((server) => server.stop()))
  const { error, log } = first
  if (!(error instanceof DevlaunchError)) throw error
  const signalled = signals.exitCode()
  if (signalled !== undefined) return signalled
  const isTheirs = printed.has(error.code) && log.when !== 'never'
  if (isTheirs) log.show()
  return fail(error, exitCodeOf(error), !isTheirs)
}

/** Until the command has ended, and the servers after it. */
async function attend(
  command: Companion,
  file: string,
  all: readonly Tested[],
  servers: readonly Server[],
  signals: Signals,
): Promise<number> {
  let lost: number | undefined
  let over = false
  const timers: NodeJS.Timeout[] = []
  const end = (number: number) => {
    command.signal(number)
    timers.push(
      setTimeout(() => {
        const text = signals.exitCode() === undefined ? goesOn : goesOn + insisting
        process.stderr.write(new Printer(process.stderr).answer(text))
        command.signal(SIGTERM)
      }, patience),
      setTimeout(command.signal, 2 * patience, SIGKILL),
    )
  }
  signals.onStop(
    () => end(alreadyAsked(signals) ? 0 : (signals.exitCode() ?? 0) - 128),
    () => {
      command.signal(SIGKILL)
      for (const server of servers) void server.kill()
    },
  )
  for (const [index, server] of servers.entries()) {
    void server.exited.then((exit) => {
      if (over || lost !== undefined || signals.exitCode() !== undefined) return
      lost = tellLost(all[index], exit)
      end(SIGTERM)
    })
  }
  const { code, failure } = await command.ended
  over = true
  for (const timer of timers) clearTimeout(timer)
  const exits = await Promise.all(servers.map((server) => server.stop()))
  if (failure !== undefined) {
    const unfound = cannotRun(file, failure)
    return fail(unfound.error, unfound.code)
  }
  const decided = signals.exitCode() ?? lost
  if (decided !== undefined) return decided
  const error = exits.find((exit) => exit.error)?.error
  if (error) return fail(error, exitCodeOf(error))
  for (const [index, { log }] of all.entries())
    if (code !== 0 || log.when === 'always') log.show(servers[index]?.url)
  return code
}

/** A terminal sends Ctrl-C to everything in the foreground, the command too. */
function alreadyAsked(signals: Signals): boolean {
  return signals.exitCode() === 128 + SIGINT && inForeground()
}

/** A server has ended that nobody had asked to. */
function tellLost(tested: Tested | undefined, exit: Exit): number {
  tested?.log.show()
  if (exit.error) return fail(exit.error, exitCodeOf(exit.error))
  const text = new Printer(process.stderr).ended(tested?.name ?? '', exit)
  process.stderr.write(text)
  process.stderr.write(new Printer(process.stderr).answer('Ending the command, which has lost its server.'))
  return exitCodeOf(new DevlaunchError('FAILED', ''))
}

function fail(error: DevlaunchError, code: number, withOutput = true): number {
  process.stderr.write(new Printer(process.stderr).error(error, { withOutput }))
  return code
}
