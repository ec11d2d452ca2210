import type { Adapter, AnyAdapter } from './adapter.ts'
import { Deadline } from './deadline.ts'
import { isPassingRace, isPortRace } from './failure.ts'
import { type Here, here } from './here.ts'
import type { Interpreter } from './interpreter.ts'
import { keep } from './keep.ts'
import type { Plan } from './plan.ts'
import { decide, type Found, find, longestStart, type PrepareOptions } from './prepare.ts'
import type { LaunchOptions, Server } from './server.ts'
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
  options: Options & LaunchOptions = {} as Options & LaunchOptions,
): Promise<Server> {
  checkWait(options)
  const where = here()
  const found = await find(adapter, options, where).catch((error) => {
    throw options.signal?.aborted ? calledOff(adapter) : error
  })
  const controller = new AbortController()
  const signals = options.signal ? [options.signal, controller.signal] : [controller.signal]
  const wished = { ...options, signal: AbortSignal.any(signals) }
  const limit = found.where.lan && options.lanFor !== undefined ? new Deadline(options.lanFor) : undefined
  const run = await startOnSomePort(adapter, wished, found, where)
  return keep(run, found.where, limit, wished, controller, (changed, place) =>
    startOnSomePort(adapter, changed, { ...found, where: place }, where),
  )
}

async function startOnSomePort(
  adapter: AnyAdapter,
  options: LaunchOptions,
  found: Found,
  where: Here,
): Promise<Run> {
  const started = performance.now()
  for (let race = 1; ; race++) {
    try {
      return await start(adapter, options, found, where, race > 1)
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
