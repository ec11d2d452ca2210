import type { Adapter, AnyAdapter } from './adapter.ts'
import { DevlaunchError } from './errors.ts'
import { explainSetback, isPortRace } from './failure.ts'
import { type Guard, openGuard, whoHolds } from './guard.ts'
import type { Interpreter } from './interpreter.ts'
import { Log, type Stream } from './logs.ts'
import type { Plan } from './plan.ts'
import { portNear } from './port.ts'
import { decide, type Found, find, type Here, type PrepareOptions } from './prepare.ts'
import type { GuardEvent, Terminal } from './protocol.ts'
import type { LaunchEvent, LaunchOptions, Server } from './server.ts'
import { checkWait, waitUntilReady } from './wait.ts'
import { watchEnd, watchOutput } from './watch.ts'

/** Seconds after the first and the second SIGINT. */
const graces: readonly number[] = [3, 2]

/** The same for a server that has served nobody: uvicorn's parent hears nothing while a worker imports the app. */
const startGraces: readonly number[] = [1]

/** How many times a launch is tried, as long as another process takes the port in the last moment. */
const races = 5

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
  let wished: LaunchOptions = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await launchOnce(adapter, wished)
    } catch (error) {
      const { port } = options
      if (!isPortRace(error) || (port && options.strictPort) || attempt === races) throw error
      if (port) wished = { ...options, port: portNear(port) }
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
  const here = whereWeAre()
  const found = await find(adapter, options, here)
  return { plan: await decide(adapter, options, found, here), python: found.python }
}

async function launchOnce(adapter: AnyAdapter, options: LaunchOptions): Promise<Server> {
  checkWait(options)
  const here = whereWeAre()
  const found = await find(adapter, options, here).catch((error) => {
    throw options.signal?.aborted ? calledOff(adapter) : error
  })
  if (options.signal?.aborted) throw calledOff(adapter)
  const guard = openGuard(found.python.path, options.terminal !== undefined, options.timeout) // starts up while we decide
  try {
    return await run(adapter, options, guard, found, here)
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
  found: Found,
  here: Here,
): Promise<Server> {
  const { timeout = 60_000, signal, terminal, readyPath } = options
  const onEvent = safely(options.onEvent)
  const onOutput = safely(options.onOutput)
  const plan = await decide(adapter, options, found, here)
  onEvent({ event: 'planned', plan, python: found.python })
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
  report(guard, onEvent, (event) => {
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
    const holders = () => whoHolds(found.python.path, port)
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
    python: found.python,
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

/** Hands the guard's events on. */
function report(
  guard: Guard,
  onEvent: (event: LaunchEvent) => void,
  onStart: (event: { readonly pid: number }) => void,
): void {
  guard.onEvent((event) => {
    if (event.event === 'guard') onEvent({ event: 'guard', python: event.python, source: event.sockets })
    if (event.event === 'started' || event.event === 'restarted') {
      onStart(event)
      onEvent(event)
    }
    if (isHandedOn(event)) onEvent(event)
  })
}

const handedOn = [
  ...(['listening', 'strangers', 'exposed', 'refused'] as const),
  ...(['stalled', 'recovered', 'unseen', 'cleaned'] as const),
]

function isHandedOn(event: GuardEvent): event is GuardEvent & { event: (typeof handedOn)[number] } {
  return handedOn.some((name) => name === event.event)
}

/** A throw in a user's callback is theirs to see, as in any listener; it doesn't stop us from ending the server. */
function safely<Values extends unknown[], Result>(callback: ((...values: Values) => Result) | undefined) {
  return (...values: Values): Result | undefined => {
    try {
      return callback?.(...values)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

function calledOff({ name }: AnyAdapter): DevlaunchError {
  return new DevlaunchError('ABORTED', `the launch of ${name} was called off`)
}

function size({ columns, rows }: Terminal): Terminal {
  return { columns, rows }
}

function whereWeAre(): Here {
  try {
    return { cwd: process.cwd(), env: process.env }
  } catch (cause) {
    throw new DevlaunchError('USAGE', 'the working directory no longer exists', {
      cause,
      hint: 'go to one that does',
    })
  }
}
