import type { Adapter, AnyAdapter } from './adapter.ts'
import { Deadline } from './deadline.ts'
import { happenedAt } from './errors.ts'
import { isPassingRace, isPortRace } from './failure.ts'
import { type Here, here } from './here.ts'
import type { Interpreter } from './interpreter.ts'
import { keep } from './keep.ts'
import { Listing } from './listing.ts'
import { Log } from './logs.ts'
import type { Plan } from './plan.ts'
import { decide, type Found, find, longestStart, type PrepareOptions, type Where } from './prepare.ts'
import type { LaunchOptions, OwnOptions, Server } from './server.ts'
import { calledOff, type Run, start } from './start.ts'
import { checkWait } from './wait.ts'

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
  options: Options & OwnOptions = {} as Options & OwnOptions,
): Promise<Server> {
  const place: { stack?: string } = {}
  Error.captureStackTrace(place, launch) // whoever calls it; it is put into words only when it is read
  return open(adapter, options).catch((error) => {
    throw happenedAt(place, error)
  })
}

async function open<Options extends object>(
  adapter: Adapter<Options>,
  options: Options & OwnOptions,
): Promise<Server> {
  checkWait(options)
  const where = here()
  const found = await find(adapter, options, where).catch((error) => {
    throw options.signal?.aborted ? calledOff(adapter) : error
  })
  const controller = new AbortController()
  const signals = options.signal ? [options.signal, controller.signal] : [controller.signal]
  const listing = options.listing ?? new Listing(adapter, options, where)
  let server: Server | undefined
  const onEvent: LaunchOptions['onEvent'] = (event) => {
    if (event.event === 'restarted' && server) void listing.update(server) // its pid is another one now
    options.onEvent?.(event)
  }
  const wished = { ...options, onEvent, signal: AbortSignal.any(signals) }
  const limit = found.where.lan && options.lanFor !== undefined ? new Deadline(options.lanFor) : undefined
  const run = await startOnSomePort(adapter, wished, found, where)
  const again = (changed: LaunchOptions, place: Where, log: Log) =>
    startOnSomePort(adapter, changed, { ...found, where: place }, where, log)
  server = keep(run, found.where, limit, wished, controller, again, listing)
  await listing.update(server)
  return server
}

async function startOnSomePort(
  adapter: AnyAdapter,
  options: LaunchOptions,
  found: Found,
  where: Here,
  log?: Log,
): Promise<Run> {
  const started = performance.now()
  for (let race = 1; ; race++) {
    try {
      return await start(adapter, options, found, where, { lost: race > 1, log: log ?? new Log() })
    } catch (error) {
      const named = (options.port ?? options.offeredPort) !== undefined && options.strictPort
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
