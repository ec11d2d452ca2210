import { type Adapter, DevlaunchError, type LaunchOptions, launch, quote, type Server } from '@devlaunch/core'

/** Starts an adapter's server, or the one that the project's configuration has under this name. */
export function startServer<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions,
): Promise<Server> {
  if (typeof server !== 'string') return launch(server, options)
  throw new DevlaunchError('USAGE', `there is no server ${quote(server)}`, { hint: 'name an adapter' })
}
