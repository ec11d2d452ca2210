import type { Adapter } from '@devlaunch/core'
import type { Front, Site } from './front.ts'

/** What a configuration says beside the address, and where the program is. */
export interface Place extends Omit<Site, 'host' | 'port' | 'authority'> {
  /** An absolute path. */
  readonly program: string
  /** Its own, for temporary files: an absolute path. */
  readonly folder: string
  /** What the server behind it shows to whoever reaches it. */
  readonly exposes: string | undefined
}

/** The front as a server: it is started, proven, watched and ended like any other. */
export function frontAdapter(front: Front, place: Place): Adapter {
  const { name, file, scrub, hints, ignored } = front
  const { folder, program, exposes, ...site } = place
  return {
    name,
    program,
    native: true,
    folder,
    scheme: site.tls && 'https',
    port: 8000,
    reload: false,
    target: { kind: 'app', option: name as never, required: false, example: '' },
    command: (_options, flags) => flags,
    enforce: {
      bind: (bind) => ({
        args: front.command(`${folder}/${file}`, folder),
        env: front.env?.(folder) ?? {},
        files: { [file]: front.configure({ ...site, ...bind }) },
      }),
      debugger: () => ({}), // the server's own, which the front would serve to a network
      reload: 'absent',
      proxyHeaders: () => ({}),
      allowedHosts: 'absent',
      dotenv: 'absent',
      grace: 'absent',
    },
    socket: front.socket,
    scrub,
    reserved: [],
    hints,
    ...(ignored && { ignored }),
    ...(exposes !== undefined && { exposes }),
  }
}
