import type { Adapter, Hint } from '@devlaunch/core'

export type FrontName = 'nginx' | 'caddy' | 'httpd'

/** A web server that stands in front of a Python server, as a table. NOTES.md has the evidence. */
export interface Front extends Pick<Adapter, 'socket' | 'scrub' | 'ignored'> {
  readonly name: FrontName
  /** What it is called on disk, the likeliest first. */
  readonly programs: readonly string[]
  /** The name of its configuration. */
  readonly file: string
  /** The whole configuration: what may go to production as well. */
  readonly configure: (site: Site) => string
  /** Runs it in the foreground, with this configuration. */
  readonly command: (file: string, folder: string) => readonly string[]
  /** Variables that keep it inside its folder. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>
  readonly hints: readonly Hint[]
  /** How to install it. */
  readonly install: { readonly linux: string; readonly darwin: string; readonly win32: string }
}

/** What a configuration depends on. */
export interface Site {
  /** Where it listens, and nowhere else. */
  readonly host: string
  readonly port: number
  /** `host:port`, an IPv6 host in brackets. */
  readonly authority: string
  /** The Python server: `127.0.0.1:40000`. */
  readonly upstream: string
  readonly statics: readonly Static[]
  readonly tls: Tls | undefined
  /** The folder of its modules, if it has one. */
  readonly modules: string | undefined
  /** Was it started by root? */
  readonly root: boolean
}

/** Files that the front serves itself. */
export interface Static {
  /** Begins and ends with a slash: `/static/`. */
  readonly path: string
  /** An absolute path. */
  readonly directory: string
}

/** Absolute paths of PEM files. */
export interface Tls {
  readonly certificate: string
  readonly key: string
}
