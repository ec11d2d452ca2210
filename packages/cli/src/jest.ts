import { type Adapter, DevlaunchError, type LaunchOptions, type Server } from '@devlaunch/core'
import { Recent } from './recent.ts'
import { grace, limitOf, startServer } from './start-server.ts'

/** A server that starts with the tests of a file or of a `describe`. */
export interface UsedServer {
  /** @throws DevlaunchError `USAGE` outside of tests and of their hooks: it hasn't started, or has ended. */
  readonly server: Server
  /** `server.url` */
  readonly url: string
}

/**
 * A server for the tests of this file, or of this `describe`, on a port of its own. A test that fails shows what it has
 * printed meanwhile.
 *
 * @example
 * const shop = useServer(flask, { cwd: 'shop' })
 * test('answers', async () => {
 *   expect((await fetch(shop.url)).status).toBe(200)
 * })
 */
export function useServer<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions = {} as Options & LaunchOptions,
): UsedServer {
  const { beforeAll, afterAll, beforeEach, afterEach } = hooks()
  const recent = new Recent()
  let running: Server | undefined
  let start = 0
  beforeAll(
    async () => {
      running = await startServer(server, recent.listen(options))
    },
    limitOf(server, options),
  )
  beforeEach(() => {
    start = recent.now
  })
  afterEach(async () => {
    // a start that failed says it all in its error
    if (running && hasFailed()) await recent.printSince(start)
  })
  afterAll(async () => {
    await running?.stop()
    running = undefined
  }, grace)
  return {
    get server() {
      if (running) return running
      throw new DevlaunchError('USAGE', 'the server of useServer() runs only while its tests do', {
        hint: 'ask for it, and for its url, inside a test or a hook',
      })
    },
    get url() {
      return this.server.url
    },
  }
}

interface Hooks {
  beforeAll(hook: () => Promise<void>, timeout: number): void
  afterAll(hook: () => Promise<void>, timeout: number): void
  beforeEach(hook: () => void): void
  afterEach(hook: () => Promise<void>): void
}

/** jest's own, without importing it. */
function hooks(): Hooks {
  const globals = globalThis as Partial<Hooks>
  if (globals.beforeAll) return globals as Hooks
  throw new DevlaunchError('USAGE', 'useServer() was called where there is no beforeAll()', {
    hint: 'call it in a test file, and leave injectGlobals on',
  })
}

/** jest-circus keeps what it knows of the running test here; its hooks are told nothing. */
interface State {
  readonly currentlyRunningTest?: { readonly errors: readonly unknown[] } | null
}

function hasFailed(): boolean {
  const key = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  )
  const state = key && (globalThis as unknown as Record<symbol, State | undefined>)[key]
  return (state?.currentlyRunningTest?.errors.length ?? 0) > 0
}

/** How tests find the server. */
export interface ShareOptions {
  /** The variable that has its URL. Default `DEVLAUNCH_URL`; a second server needs another. */
  readonly key?: string
}

/** Beside the globals: jest may load the files of `globalSetup` and `globalTeardown` by two ways. */
const shared = Symbol.for('devlaunch.shared')
type Shared = { [shared]?: Server[] }

/**
 * One server for all tests, as the default export of a `globalSetup` file. Tests find it in `process.env.DEVLAUNCH_URL`;
 * `stopShared` belongs into `globalTeardown`.
 *
 * @example
 * export default shareServer(flask, { cwd: 'shop' })
 */
export function shareServer<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions & ShareOptions = {} as Options & LaunchOptions,
): () => Promise<void> {
  const { key = 'DEVLAUNCH_URL', ...wishes } = options
  return async () => {
    const running = await startServer(server, wishes as unknown as Options & LaunchOptions)
    const globals = globalThis as Shared
    globals[shared] = [...(globals[shared] ?? []), running]
    process.env[key] = running.url
  }
}

/** Stops every server that `shareServer` has started. */
export async function stopShared(): Promise<void> {
  const globals = globalThis as Shared
  const all = globals[shared] ?? []
  globals[shared] = []
  await Promise.all(all.map((server) => server.stop()))
}
