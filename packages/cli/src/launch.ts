import {
  type Adapter,
  type AnyAdapter,
  happenedAt,
  type LaunchOptions,
  launch as launchAdapter,
  type Server,
} from '@devlaunch/core'

/**
 * Starts a server and resolves when it is ready: its own sockets listen exactly where planned, nobody else's answer
 * there, and it has answered HTTP. On any free port, unless the options name one.
 *
 * @example
 * await using server = await launch(flask, { cwd: 'shop' })
 * await fetch(server.url)
 *
 * @throws DevlaunchError with one of `ErrorCode`. Whatever is thrown, nothing is left running.
 */
export function launch<Options extends object>(
  adapter: Adapter<Options>,
  options?: Options & LaunchOptions,
): Promise<Server>
/**
 * The same for a server that package.json or devlaunch.config.ts has a name for; it is looked for from `cwd` upwards.
 * Options go over those of the definition, of which `port` (unless `strictPort` is on), `reload`, `lan` and a `host` beyond
 * loopback are for the command line alone: a test wants any free port, one process, and nobody else.
 *
 * @example
 * await using api = await launch('api')
 */
export function launch(name: string, options?: LaunchOptions): Promise<Server>
export async function launch(wanted: AnyAdapter | string, options: LaunchOptions = {}): Promise<Server> {
  const place: { stack?: string } = {}
  Error.captureStackTrace(place, launch) // a report shows the line that calls this one
  return start(wanted, options).catch((error) => {
    throw happenedAt(place, error)
  })
}

async function start(wanted: AnyAdapter | string, options: LaunchOptions): Promise<Server> {
  if (typeof wanted !== 'string') return launchAdapter(wanted, options)
  const { launchNamed } = await import('./launch-named.ts')
  return launchNamed(wanted, options)
}
