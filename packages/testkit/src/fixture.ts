import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyAdapter } from '@devlaunch/core'
import type { App } from './project.ts'
import type { Age } from './servers.ts'

/** What an adapter's package.json says about its server, for the tests: `devlaunch.fixture`. */
export interface Fixture {
  readonly app: App
  /** As on the command line; the words of a command; left out where the server finds it. */
  readonly target?: string | readonly string[]
  /** The server's own arguments for two workers, if it has any. */
  readonly workers?: readonly string[]
  /** Does its oldest release know them? Default `true`. */
  readonly oldestWorkers?: boolean
  /** More ways to start it, with their variables: each must be bound as planned, and gone after a SIGKILL. */
  readonly variants?: readonly Mode[]
  /** A path of the app that never stops answering, if it has one; then it has `/slow` too, which takes 20 s. */
  readonly stream?: string
  /** Does the server speak WebSocket, and the app accept one at `/`? */
  readonly websocket?: boolean
  /** The ways to open a wide listener that are tried; a server is started for each. Default: two of them. */
  readonly hows?: readonly How[]
  /** The release whose reloader would lose a socket that it is given, and opens its own. */
  readonly reloadsUnbound?: Age
  /** Does a start take seconds of a processor? Then none is started beside another, where time is limited. */
  readonly slow?: boolean
  /** Does its Python look for the hook? Default `true`. */
  readonly hooked?: boolean
}

/** How apps/listen.py opens a listener. */
export type How = 'bind' | 'client' | 'ctypes' | 'daemon' | 'implicit' | 'udp' | 'v6'

export interface Mode {
  readonly name: string
  readonly reload: boolean
  readonly args: readonly string[]
  /** For the app. */
  readonly env?: Readonly<Record<string, string>>
}

/** The part of an adapter's package.json that is for its tests. */
interface Manifest {
  readonly fixture: Fixture
  /** Does it get virtual environments of its own, because its releases don't go together with the other servers'? */
  readonly apart?: boolean
}

const packages = join(import.meta.dirname, '../..')

export function fixtureOf({ name }: AnyAdapter): Fixture {
  return manifest(name).fixture
}

/** The command line, as words. */
export function wordsOf(
  { name }: AnyAdapter,
  { target = [] }: Fixture,
  { reload, args }: Pick<Mode, 'reload' | 'args'>,
  options: readonly string[],
): readonly string[] {
  const how = [...options, '--json', reload ? '--reload' : '--no-reload', '--']
  return typeof target === 'string' ? [name, target, ...how, ...args] : [name, ...how, ...target, ...args]
}

export function isApart({ name }: AnyAdapter): boolean {
  return manifest(name).apart ?? false
}

function manifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')).testkit
}
