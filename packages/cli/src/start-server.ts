import { clearInterval, setInterval } from 'node:timers' // a test may have replaced the global ones
import type { Adapter, LaunchOptions, Server } from '@devlaunch/core'
import { hasLost } from './has-lost.ts'
import { launch } from './launch.ts'

/** Milliseconds between two looks for the runner. */
const pace = 500

/** Milliseconds that a runner waits longer than devlaunch, which then has said what was wrong; and for the end. */
export const grace = 10_000

/** Milliseconds that a start may take. What a definition says is only known when it has been read. */
const longest = { adapter: 60_000, named: 86_400_000 } as const

/** How long a runner waits for a start, in milliseconds: devlaunch itself says when it has taken too long. */
export function limitOf(server: object | string, { timeout }: LaunchOptions): number {
  return (timeout ?? longest[typeof server === 'string' ? 'named' : 'adapter']) + grace
}

/**
 * For a runner's tests: an adapter's server, or the one that the project's configuration has under this name. In a worker
 * it ends with the runner: jest's workers go on when jest was killed, as long as a server keeps them.
 */
export async function startServer<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions,
): Promise<Server> {
  const controller = new AbortController()
  const runner = process.ppid
  const look = () => hasLost(runner) && controller.abort()
  const timer = process.send && setInterval(look, pace).unref() // only a worker has a channel to its runner
  const signals = options.signal ? [options.signal, controller.signal] : [controller.signal]
  try {
    const running = await start(server, { ...options, signal: AbortSignal.any(signals) })
    void running.exited.then(() => clearInterval(timer))
    return running
  } catch (error) {
    clearInterval(timer)
    throw error
  }
}

function start<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions,
): Promise<Server> {
  return typeof server === 'string' ? launch(server, options) : launch(server, options)
}
