import type { Adapter, AnyAdapter } from './adapter.ts'
import { DevlaunchError } from './errors.ts'
import { handOn, safely } from './events.ts'
import { explainSetback, isPassingRace, isPortRace } from './failure.ts'
import { type Guard, openGuard, whoHolds } from './guard.ts'
import { type Here, here } from './here.ts'
import type { Interpreter } from './interpreter.ts'
import { Log, type Stream } from './logs.ts'
import type { Plan } from './plan.ts'
import { decide, type Found, find, longestStart, type PrepareOptions } from './prepare.ts'
import type { Terminal } from './protocol.ts'
import type { LaunchOptions, Server } from './server.ts'
import { checkWait, waitUntilReady } from './wait.ts'
import { watchEnd, watchOutput } from './watch.ts'

/** Seconds after the first and the second SIGINT. */
const graces: readonly number[] = [3, 2]

/** The same for a server that has served nobody: uvicorn's parent hears nothing while a worker imports the app. */
const startGraces: readonly number[] = [1]

/** How many times a server is started, as long as another process takes the port in the last moment. */
const races = 10

/**
 * Starts a server and resolves when it is ready: its own sockets listen exactly where planned, nobody else's answer
 * there, and it has answered HTTP.
 *
 * @example
 * await using server = await launch(flask, { cwd: 'shop' })
 * await fetch(server.url)
 *
 * @throws DevlaunchError with one of `ErrorCode`. Whatever is thrown, nothing is left running.
 */
export async function launch<Options extends object>(
  adapter: Adapter<Options>,
  options: Options & LaunchOptions = {} as Options & LaunchOptions,
): Promise<Server> {
  checkWait(options)
  const where = here()
  const found = await find(adapter, options, where).catch((error) => {
    throw options.signal?.aborted ? calledOff(adapter) : error
  })
  const started = performance.now()
  for (let race = 1; ; race++) {
    try {
      return await start(adapter, options, found, where, race > 1)
    } catch (error) {
      const named = options.port !== undefined && options.strictPort
      const late = performance.now() - started > (options.timeout ?? longestStart)
      const lost = isPortRace(error) || (isPassingRace(error) && race === 1)
      if (!lost || named || late || race === races) throw error
    }
  }
}

/**
 * Everything that would be run; nothing of it is.
 * @throws DevlaunchError as `launch` does before it starts anything.
 */
export async function prepare<Options extends object>(
  adapter: Adapter<Options>,
  options: Options & PrepareOptions & { readonly terminal?: unknown } = {} as Options & PrepareOptions,
): Promise<{ plan: Plan; python: Interpreter }> {
  const where = here()
  const found = await find(adapter, options, where)
  return { plan: await decide(adapter, options, found, where), python: found.python }
}

/** `lost`: another process has taken the port that was chosen before. */
async function start(
  adapter: AnyAdapter,
  options: LaunchOptions,
  found: Found,
  where: Here,
  lost: boolean,
): Promise<Server> {
  if (options.signal?.aborted) throw calledOff(adapter)
  const guard = openGuard(found.python.path, options.terminal !== undefined, options.timeout) // starts up while we decide
  try {
    const decided = () => decide(adapter, options, found, where, lost)
    const plan = await decided().catch(async (error) => {
      if (!isPortRace(error)) throw error
      const processes = await guard.clean() // what a killed guard has left may hold the port
      if (processes.length === 0) throw error
      safely(options.onEvent)({ event: 'cleaned', processes })
      return decided()
    })
    return await run(adapter, options, guard, found.python, plan)
  } catch (error) {
    guard.stop(startGraces)
    await guard.ended
    throw error
  }
}

async function run(
  adapter: AnyAdapter,
  options: LaunchOptions,
  guard: Guard,
  python: Interpreter,
  plan: Plan,
): Promise<Server> {
  const { timeout = longestStart, signal, terminal, readyPath } = options
  const onEvent = safely(options.onEvent)
  const onOutput = safely(options.onOutput)
  onEvent({ event: 'planned', plan, python })
  if (signal?.aborted) throw calledOff(adapter)
  const log = new Log()
  let phase: 'starting' | 'ready' | 'failed' = 'starting'
  const show = (text: string, stream: Stream) => {
    // how a server ends that is given up is not what went wrong
    return phase === 'failed' ? undefined : onOutput(text, stream)
  }
  const { doom, complete } = watchOutput(guard, adapter, log, show, () => phase === 'ready')
  const exited = watchEnd(guard, plan, complete)
  let pid = 0
  handOn(guard, onEvent, (event) => {
    pid = event.pid
  })
  const { host, port } = plan.policy.bind
  const { file, args, env, unset, cwd, interrupt, listener, restart, seal } = plan
  guard.start({
    file,
    args,
    env,
    unset,
    cwd,
    interrupt,
    listener,
    restart,
    seal,
    address: host,
    port,
    terminal: terminal ? size(terminal) : null,
  })
  if (terminal && guard.stdin) terminal.input.pipe(guard.stdin)

  const { url, policy } = plan
  const onSilent = () => onEvent({ event: 'stalled', reason: 'silent' })
  const wait = { url, bind: policy.bind, readyPath, timeout, signal, doom, onSilent }
  const outcome = await waitUntilReady(guard, wait)
  if ('kind' in outcome) {
    phase = 'failed'
    guard.stop(startGraces)
    await exited // its last words are part of the reason
    const holders = () => whoHolds(python.path, port)
    throw await explainSetback(outcome, { adapter, plan, output: log.text, timeout, holders })
  }
  phase = 'ready'
  guard.settle()
  const stop = () => {
    guard.stop(graces)
    return exited
  }
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) void stop()
  onEvent({ event: 'ready', url, proof: outcome })
  void exited.then((exit) => {
    signal?.removeEventListener('abort', stop)
    onEvent({ event: 'exit', ...exit })
  })
  return {
    url,
    get pid() {
      return pid
    },
    plan,
    python,
    proof: outcome,
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
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

function calledOff({ name }: AnyAdapter): DevlaunchError {
  return new DevlaunchError('ABORTED', `the launch of ${name} was called off`)
}

function size({ columns, rows }: Terminal): Terminal {
  return { columns, rows }
}
