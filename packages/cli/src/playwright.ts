import { fileURLToPath } from 'node:url'
import type { Adapter, AnyAdapter, LaunchOptions, Server } from '@devlaunch/core'
import type { Fixtures } from '@playwright/test'
import { Recent } from './recent.ts'
import { grace, limitOf, startServer } from './start-server.ts'

/**
 * A server for each worker, on a port of its own: as the fixture `server`, and as `baseURL`. What it has printed since
 * a test began is attached to the test if it fails.
 *
 * @example
 * export const test = base.extend(serverFixtures(django, { cwd: 'shop' }))
 */
export function serverFixtures<Options extends object>(
  server: Adapter<Options> | string,
  options: Options & LaunchOptions = {} as Options & LaunchOptions,
): Fixtures<{ serverLog: undefined }, { server: Server }, { baseURL: string | undefined }> {
  const recent = new Recent()
  return {
    server: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this text
      async ({}, use) => {
        const running = await startServer(server, recent.listen(options))
        try {
          await use(running)
        } finally {
          await running.stop()
        }
      },
      { scope: 'worker', timeout: limitOf(server, options) },
    ],
    baseURL: async ({ server }, use) => {
      await use(server.url)
    },
    serverLog: [
      // biome-ignore lint/correctness/noEmptyPattern: as above
      async ({}, use, test) => {
        const start = recent.now
        await use(undefined)
        if (test.status === test.expectedStatus) return
        const body = await recent.since(start)
        if (body) await test.attach('server log', { body, contentType: 'text/plain' })
        const end = endOf(body)
        if (end) await test.attach('the end of the server log', { body: end, contentType: 'text/plain' })
      },
      { auto: true },
    ],
  }
}

/** Characters of an attached text that Playwright's reports show in a terminal: the first, where the cause stands last. */
const shown = 300

/** The last whole lines of a text that isn't shown as a whole. */
function endOf(text: string): string {
  if (text.length <= shown) return ''
  const end = text.slice(-shown)
  return end.slice(end.indexOf('\n') + 1)
}

/** What the command line can be told for Playwright's own `webServer`. */
export interface WebServerOptions {
  /** What to serve, as behind the server's name on the command line: `app:app`. Default: what the project shows. */
  readonly target?: string
  /** More words for the command line: `['--env-file', '.env.test']`. */
  readonly options?: readonly string[]
  /** Arguments for the server itself. */
  readonly args?: readonly string[]
  /** This port or none. Default: the server's own, or the next free one. */
  readonly port?: number
  /** Default: the folder of the configuration. */
  readonly cwd?: string
  /** Variables for the server. */
  readonly env?: { [name: string]: string }
  /** Milliseconds until it must be ready. Default 60 000; a longer time of a definition has to be said here too. */
  readonly timeout?: number
  /** The variable in which tests and the configuration find the URL. Default `DEVLAUNCH_URL`. */
  readonly key?: string
}

/** The part of Playwright's `webServer` that is filled in. */
export interface WebServer {
  name: string
  command: string
  wait: { stderr: RegExp }
  reuseExistingServer: false
  gracefulShutdown: { signal: 'SIGTERM'; timeout: number }
  timeout: number
  cwd?: string
  env?: { [name: string]: string }
}

/**
 * For Playwright's own option `webServer` (1.57 and newer), without its orphans: the server ends with Playwright, however
 * that ends.
 *
 * @example
 * export default defineConfig({
 *   webServer: webServer('django', { cwd: 'shop' }),
 *   use: { baseURL: process.env.DEVLAUNCH_URL },
 * })
 */
export function webServer(server: AnyAdapter | string, options: WebServerOptions = {}): WebServer {
  const { target, args, port, cwd, env, timeout, key = 'DEVLAUNCH_URL' } = options
  const name = typeof server === 'string' ? server : server.name
  const words = [
    ...[process.execPath, program, name, ...(target === undefined ? [] : [target])],
    '--no-reload',
    ...(timeout === undefined ? [] : ['--timeout', `${timeout / 1000}`]),
    ...(port === undefined ? [] : ['--port', `${port}`, '--strict-port']),
    `--with-parent=${process.pid}`, // the workers, which read the configuration too, don't run it
    ...(options.options ?? []),
    ...(args ? ['--', ...args] : []),
  ]
  return {
    name,
    command: words.map(quote).join(' '),
    // the line of ours that says it is proven; no server can print one that begins so
    wait: { stderr: new RegExp(`^[▐|] Local +(?<${key}>https?://[^\\s/]+)/`, 'm') },
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: grace },
    timeout: (timeout ?? longestStart) + grace,
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
  }
}

/** Milliseconds that the command line gives a start, where nobody says otherwise. */
const longestStart = 60_000

/** The command line; in the sources it stands beside this file. */
const program: string = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'bin.ts' : '../bin/devlaunch.cjs', import.meta.url),
)

/** Playwright hands the command to a shell. */
function quote(word: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word) && (process.platform === 'win32' || !word.includes('\\'))) return word
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`
}
