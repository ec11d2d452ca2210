import type { Adapter, LaunchOptions } from '@devlaunch/core'
import type { FrontName, Tls } from '@devlaunch/front'

/** Every server there is, by its name. */
export type Servers = Omit<typeof import('./adapters.ts'), 'adapters'>

/** The options of one server's own: `app`, for example. */
export type Own<Name extends keyof Servers> = Servers[Name] extends Adapter<infer Options> ? Options : never

type Kept =
  | 'allow'
  | 'args'
  | 'debug'
  | 'env'
  | 'follow'
  | 'host'
  | 'lan'
  | 'lanFor'
  | 'readyPath'
  | 'reload'
  | 'seal'
  | 'strictPort'
  | 'timeout'

/** What every named server can be told. Paths are relative to the folder of the file that says so. */
export interface Common extends Pick<LaunchOptions, Kept> {
  /** Where it runs. Default: the folder of the file. */
  readonly cwd?: string
  /** A file with `NAME=value` lines for the server. A variable that is set already wins over its line. */
  readonly envFile?: string
  /** An interpreter, or the folder of a virtual environment; without a slash, a command on the PATH. */
  readonly python?: string
  /** The first choice of the command line. `launch()` takes any free port, unless `strictPort` is on. */
  readonly port?: number
  /** What stands in front of it. */
  readonly front?: FrontName
  /** Files that the front serves itself: `{ '/static': 'build/static' }`. */
  readonly frontStatic?: Readonly<Record<string, string>>
  /** Two PEM files: the front then speaks https. */
  readonly tls?: Tls
}

/** A named server: which one it is, and what it is told. */
export type Definition = {
  readonly [Name in keyof Servers]: Own<Name> & Common & { readonly server: Name }
}[keyof Servers]

/** The servers of a project, by their names. */
export type Config = Readonly<Record<string, Definition>>

/**
 * For devlaunch.config.ts: lets an editor know what can be written.
 *
 * @example
 * export default defineConfig({
 *   api: { server: 'flask', app: 'shop:app', cwd: 'backend' },
 * })
 */
export function defineConfig(config: Config): Config {
  return config
}
