import {
  type Adapter,
  authority,
  DevlaunchError,
  type LaunchOptions,
  type Reach,
  type Server,
  type Socket,
} from '@devlaunch/core'
import type { ProvidedContext } from 'vitest'
import { Recent } from './recent.ts'
import { startServer } from './start-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the server is reached that `shareServer` has started. */
    devlaunchUrl: string
  }
}

declare global {
  // Every vitest builds its assertions on chai's; its own `Matchers` has other type parameters since vitest 5.
  namespace Chai {
    interface Assertion {
      /** Asks the kernel where the server listens: on loopback alone, or on private addresses at most. */
      toListenOnlyOn(reach: 'loopback' | 'lan'): Promise<void>
    }
  }
}

/** How long a server lives. Default `worker`. */
export interface FixtureOptions {
  /**
   * `worker`: one for each worker. vitest gives each test file a worker of its own, unless `isolate` is off. `file`: one
   * for each file. `test`: one for each test.
   */
  readonly scope?: 'worker' | 'file' | 'test'
}

/**
 * What `base.extend()` takes, with the types of what tests get: vitest infers those from values alone. In truth each is a
 * fixture, which `extend` may be given under another name.
 */
export interface ServerFixture {
  server: Server
  /** Shows the log of a test that fails. */
  serverLog: undefined
}

/**
 * A server for tests, on a port of its own. It starts with the first test that asks for it; a test that fails shows
 * what it has printed meanwhile.
 *
 * @example
 * const test = base.extend(serverFixture(flask, { cwd: 'shop' }))
 * test('answers', async ({ server }) => {
 *   expect((await fetch(server.url)).status).toBe(200)
 * })
 */
export function serverFixture<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions & FixtureOptions = {} as Options & LaunchOptions,
): ServerFixture {
  const { scope = 'worker', ...wishes } = options
  const recent = new Recent()
  let failure: { readonly error: unknown } | undefined
  const fixtures: Fixtures = {
    server: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from this text
      async ({}, use) => {
        if (failure && scope !== 'test') throw failure.error // vitest would start it again for each test
        const start = startServer(server, recent.listen(wishes as unknown as Options & LaunchOptions))
        start.catch((error) => {
          failure = { error }
        })
        const running = await start
        try {
          await use(running)
        } finally {
          await running.stop()
        }
      },
      { scope },
    ],
    serverLog: [
      async ({ onTestFailed }, use) => {
        const start = recent.now
        onTestFailed(() => recent.printSince(start))
        await use(undefined)
      },
      { auto: true },
    ],
  }
  return fixtures as unknown as ServerFixture
}

interface Fixtures {
  server: [(context: object, use: Use<Server>) => Promise<void>, FixtureOptions]
  serverLog: [(context: Context, use: Use<undefined>) => Promise<void>, { auto: true }]
}

type Use<Value> = (value: Value) => Promise<void>

interface Context {
  onTestFailed(handler: () => Promise<void>): void
}

/** How tests find the server. */
export interface ShareOptions {
  /** What `inject()` is asked for. Default `devlaunchUrl`; a second server needs another. */
  readonly key?: keyof ProvidedContext & string
}

/**
 * One server for all tests, as the default export of a `globalSetup` file. Tests find it with `inject('devlaunchUrl')`.
 *
 * @example
 * export default shareServer(flask, { cwd: 'shop' })
 */
export function shareServer<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions & ShareOptions = {} as Options & LaunchOptions,
): (project: Project) => Promise<() => Promise<void>> {
  const { key = 'devlaunchUrl', ...wishes } = options
  return async (project) => {
    const running = await startServer(server, wishes as unknown as Options & LaunchOptions)
    project.provide(key, running.url)
    return async () => void (await running.stop())
  }
}

/** What vitest hands to a global setup. */
export interface Project {
  provide(key: keyof ProvidedContext & string, url: string): void
}

/** For `expect.extend(matchers)`. */
export const matchers: {
  toListenOnlyOn(
    received: unknown,
    reach: 'loopback' | 'lan',
  ): Promise<{ pass: boolean; message: () => string }>
} = {
  async toListenOnlyOn(received, reach) {
    if (!isServer(received)) {
      throw new DevlaunchError('USAGE', 'toListenOnlyOn() was asked about something that is no server', {
        hint: 'expect(server).toListenOnlyOn(...), with what launch() or a fixture gives',
      })
    }
    const sockets = await received.sockets()
    const wider = sockets.filter((socket) => !within[reach].includes(socket.reach))
    return {
      pass: sockets.length > 0 && wider.length === 0,
      message: () => {
        if (sockets.length === 0) return `${received.plan.server} listens nowhere: it has ended`
        const seen = wider.length > 0 ? wider : sockets
        const what =
          wider.length > 0 ? `listens wider than ${reach}` : `listens on nothing wider than ${reach}`
        return `${received.plan.server} ${what}:\n${seen.map(describe).join('\n')}`
      },
    }
  },
}

const within: Readonly<Record<'loopback' | 'lan', readonly Reach[]>> = {
  loopback: ['loopback'],
  lan: ['loopback', 'lan'],
}

function isServer(value: unknown): value is Server {
  return typeof (value as Partial<Server> | undefined)?.sockets === 'function'
}

function describe({ protocol, address, port, reach, pid, command }: Socket): string {
  return `  ${protocol} ${authority(address, port)} (${reach}): pid ${pid ?? 'unknown'} ${command}`
}
