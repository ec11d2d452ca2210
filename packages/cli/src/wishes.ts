import { DevlaunchError, type OwnOptions } from '@devlaunch/core'
import type { Arguments } from './args.ts'
import type { Choice } from './choose.ts'
import { layOver } from './lay-over.ts'

/**
 * The command line as options of `launch`, over the definition of a named server. Here a developer's habits are the
 * defaults: port 8000, reloading.
 * @throws DevlaunchError `USAGE` for a wish about a network where none is wished for
 */
export function wishes(choice: Choice, args: Arguments): OwnOptions {
  const { adapter, name, options = {} } = choice
  const wished = layOver(options, explicit(choice, args))
  const idle = args.lanFor !== undefined ? '--lan-for' : args.follow ? '--follow' : undefined
  if (idle && !wished.lan) {
    throw new DevlaunchError('USAGE', `${idle} needs --lan`, { hint: `add --lan, or leave out ${idle}` })
  }
  const port = adapter.enforce.bind === 'app-decides' ? { offeredPort: adapter.port } : { port: adapter.port }
  return {
    ...(wished.port === undefined && port),
    ...wished,
    reload: wished.reload ?? adapter.reload,
    ...(name !== undefined && { name }),
  }
}

/** What the command line says. */
function explicit({ adapter, target, name }: Choice, args: Arguments): OwnOptions {
  const {
    port,
    strictPort,
    host,
    lan,
    lanFor,
    follow,
    allow,
    reload,
    debug,
    seal,
    python,
    cwd,
    envFile,
    readyPath,
    timeout,
    rest,
  } = args
  const isNamed = name !== undefined // then --cwd says where the name is looked for
  const { option, kind } = adapter.target
  return {
    ...(target !== undefined && { [option]: target }),
    ...(kind === 'command' && !isNamed ? { [option]: rest } : { args: rest }),
    allow,
    ...(port !== undefined && { port }),
    ...(strictPort !== undefined && { strictPort }),
    ...(debug !== undefined && { debug }),
    ...(seal !== undefined && { seal }),
    ...(reload !== undefined && { reload }),
    ...(host !== undefined && { host }),
    ...(lan !== undefined && { lan }),
    ...(follow !== undefined && { follow }),
    ...(lanFor !== undefined && { lanFor }),
    ...(python !== undefined && { python }),
    ...(cwd !== undefined && !isNamed && { cwd }),
    ...(envFile !== undefined && { envFile }),
    ...(readyPath !== undefined && { readyPath }),
    ...(timeout !== undefined && { timeout }),
  }
}
