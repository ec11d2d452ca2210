import type { AnyAdapter } from './adapter.ts'
import { loopback } from './address.ts'
import { DevlaunchError } from './errors.ts'
import { handOn, safely } from './events.ts'
import { explainSetback, isPortRace } from './failure.ts'
import { writeFiles } from './files.ts'
import { type Guard, openGuard, whoHolds } from './guard.ts'
import type { Here } from './here.ts'
import type { Lan } from './lan.ts'
import type { Log, Stream } from './logs.ts'
import { type Plan, planAt } from './plan.ts'
import { decide, type Found, longestStart } from './prepare.ts'
import type { Socket, StartMessage } from './protocol.ts'
import { openRelay } from './relay.ts'
import type { LaunchOptions, Server, Urls } from './server.ts'
import { type Filter, type Proof, waitUntilReady } from './wait.ts'
import { watchEnd, watchOutput } from './watch.ts'

/** One start of a server, until it ends: what a `Server` is made of. */
export interface Run
  extends Pick<
    Server,
    | 'exited'
    | 'guards'
    | 'kill'
    | 'notes'
    | 'pid'
    | 'plan'
    | 'proof'
    | 'python'
    | 'resize'
    | 'sockets'
    | 'stop'
    | 'warnings'
  > {
  readonly logs: Log
  readonly lan: Lan | undefined
  /** Does it listen where it was told to? */
  readonly obeys: boolean
  /** Was its time over? */
  readonly expired: boolean
}

/** Seconds after the first and the second SIGINT. */
const graces: readonly number[] = [3, 2]

/** The same for a server that has served nobody: uvicorn's parent hears nothing while a worker imports the app. */
const startGraces: readonly number[] = [1]

/** Which of several starts of one server. */
export interface Attempt {
  /** Another process has taken the port that was chosen before. */
  readonly lost: boolean
  /** What it prints, behind what it has printed before. */
  readonly log: Log
}

/**
 * Starts it once.
 * @throws DevlaunchError whatever went wrong; nothing is left running.
 */
export async function start(
  adapter: AnyAdapter,
  options: LaunchOptions,
  found: Found,
  here: Here,
  { lost, log }: Attempt,
): Promise<Run> {
  if (options.signal?.aborted) throw calledOff(adapter)
  const guard = openGuard(found.python.path, options.terminal !== undefined, options.timeout) // starts up while we decide
  try {
    const decided = () => decide(adapter, options, found, here, lost)
    const plan = await decided().catch(async (error) => {
      if (!isPortRace(error)) throw error
      const processes = await guard.clean() // what a killed guard has left may hold the port
      if (processes.length === 0) throw error
      safely(options.onEvent)({ event: 'cleaned', processes })
      return decided()
    })
    log.begin()
    return await run(adapter, options, guard, { ...found, log }, plan)
  } catch (error) {
    guard.stop(startGraces)
    await guard.ended
    throw error
  }
}

/** Where it is reached. */
export function urlsOf({ relay, url }: Plan): Urls {
  return relay === undefined ? { local: url, network: undefined } : { local: relay, network: url }
}

async function run(
  adapter: AnyAdapter,
  options: LaunchOptions,
  guard: Guard,
  { python, place, where, log }: Found & Pick<Attempt, 'log'>,
  planned: Plan,
): Promise<Run> {
  const { timeout = longestStart, signal, terminal, readyPath } = options
  const onEvent = safely(options.onEvent)
  const onOutput = safely(options.onOutput)
  onEvent({ event: 'planned', plan: planned, python })
  if (signal?.aborted) throw calledOff(adapter)
  let phase: 'starting' | 'ready' | 'failed' = 'starting'
  const show = (text: string, stream: Stream) => {
    // how a server ends that is given up is not what went wrong
    return phase === 'failed' ? undefined : onOutput(text, stream)
  }
  const { doom, complete } = watchOutput(guard, adapter, log, show, () => phase === 'ready')
  const exited = watchEnd(guard, planned, complete)
  let pid = 0
  let guardPid = 0
  let expired = false
  let filter: Filter | undefined
  handOn(guard, onEvent, (event) => {
    pid = event.pid
  })
  guard.onEvent((event) => {
    if (event.event === 'guard') guardPid = event.pid
    if (event.event === 'expired') expired = true
    if (event.event === 'filtered') filter = event
  })
  const { url, policy } = planned
  const relay = where.lan && (await openRelay(policy.bind))
  void exited.then(() => relay?.close())
  await writeFiles(planned)
  guard.start(order(planned, options))
  if (terminal && guard.stdin) terminal.input.pipe(guard.stdin)

  const onSilent = () => onEvent({ event: 'stalled', reason: 'silent' })
  const wait = { url, bind: policy.bind, readyPath, timeout, signal, doom, onSilent }
  const outcome = await waitUntilReady(guard, wait)
  if ('kind' in outcome) {
    phase = 'failed'
    guard.stop(startGraces)
    const { error } = await exited // its last words are part of the reason
    if (error?.code === 'EXPOSED') throw error
    if (expired) throw tooLate(planned)
    const holders = () => whoHolds(python.path, policy.bind.port)
    throw await explainSetback(outcome, { adapter, plan: planned, output: log.text, timeout, holders })
  }
  const plan = planAt(planned, outcome.bind)
  const own = { address: loopback, port: policy.bind.port, pid: process.pid }
  const neighbours = outcome.proof.neighbours.filter((each) => !isRelay(each, own))
  const proof: Proof = { ...outcome.proof, ...(where.lan && { neighbours, relay: own, filter }) }
  const outside = policy.reach === 'loopback' ? undefined : await import('./outside.ts')
  const warnings =
    (await outside?.lookFromOutside(adapter, plan, outcome.proof.status, place.target ?? plan.cwd)) ?? []
  phase = 'ready'
  guard.settle()
  const stop = () => {
    guard.stop(graces)
    return exited
  }
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) void stop()
  onEvent({ event: 'ready', url: plan.relay ?? plan.url, urls: urlsOf(plan), proof })
  void exited.then(() => signal?.removeEventListener('abort', stop))
  return {
    guards: [guardPid],
    lan: where.lan,
    obeys: plan.url === url,
    get pid() {
      return pid
    },
    get expired() {
      return expired
    },
    plan,
    python,
    proof,
    warnings,
    notes: adapter.notes?.filter(({ match }) => match.test(log.text)).map(({ note }) => note) ?? [],
    logs: log,
    exited,
    sockets: guard.sockets,
    resize: guard.resize,
    stop,
    kill: () => {
      guard.kill()
      return exited
    },
  }
}

/** ABORTED */
export function calledOff({ name }: AnyAdapter): DevlaunchError {
  return new DevlaunchError('ABORTED', `the launch of ${name} was called off`)
}

function order(plan: Plan, { terminal, lanFor }: LaunchOptions): StartMessage {
  const { file, args, env, unset, cwd, interrupt, ignored, listener, restart, seal, folder = null } = plan
  const { bind, subnet = null } = plan.policy
  return {
    ...{ file, args, env, unset, cwd, interrupt, ignored, listener, restart, seal, folder, subnet },
    address: bind.host,
    port: bind.port,
    lifetime: subnet && lanFor !== undefined ? lanFor / 1000 : null,
    terminal: terminal ? { columns: terminal.columns, rows: terminal.rows } : null,
  }
}

function isRelay({ address, pid }: Socket, own: { readonly address: string; readonly pid: number }): boolean {
  return address === own.address && pid === own.pid
}

function tooLate({ server, policy }: Plan): DevlaunchError {
  return new DevlaunchError('NOT_READY', `${server} was to leave ${policy.subnet} before it was ready`, {
    hint: 'give it more time with --lan-for',
  })
}
