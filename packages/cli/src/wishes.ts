import type { LaunchOptions } from '@devlaunch/core'
import type { Arguments } from './args.ts'
import type { Choice } from './choose.ts'

/** The command line as options of `launch`. Here a developer's habits are the defaults: port 8000, reloading. */
export function wishes({ adapter, target }: Choice, args: Arguments): LaunchOptions {
  const {
    port,
    strictPort,
    host,
    lan,
    lanFor,
    follow,
    allow,
    debug,
    seal,
    python,
    cwd,
    envFile,
    readyPath,
    timeout,
    rest,
  } = args
  const decides = adapter.enforce.bind === 'app-decides'
  return {
    ...(target !== undefined && { [adapter.target.option]: target }),
    ...(port !== undefined || !decides ? { port: port ?? adapter.port } : { offeredPort: adapter.port }),
    strictPort,
    allow,
    debug,
    seal,
    reload: args.reload ?? adapter.reload,
    ...(adapter.target.kind === 'command' ? { [adapter.target.option]: rest } : { args: rest }),
    ...(host !== undefined && { host }),
    ...(lan !== undefined && { lan, follow }),
    ...(lanFor !== undefined && { lanFor }),
    ...(python !== undefined && { python }),
    ...(cwd !== undefined && { cwd }),
    ...(envFile !== undefined && { envFile }),
    ...(readyPath !== undefined && { readyPath }),
    ...(timeout !== undefined && { timeout }),
  }
}
