import { pick } from './pick.ts'

/**
 * The URL of a server that a command line runs in this project, or is about to: `http://127.0.0.1:8000`, without a slash
 * at the end. What tests have launched meanwhile isn't meant.
 * `name`: as in the configuration or, without one, as it was started: `flask app:app`. `cwd`: it is looked for there and
 * in the folders above, up to the repository's root; default: the working directory. `timeout`: milliseconds until it
 * must be ready, default 60 000.
 *
 * @example
 * // vite.config.ts
 * export default defineConfig(async () => ({ server: { proxy: { '/api': await urlOf('api') } } }))
 *
 * @throws DevlaunchError `NOT_RUNNING`, or `USAGE` where several fit.
 */
export async function urlOf(
  name: string,
  { cwd, timeout = 60_000 }: { readonly cwd?: string; readonly timeout?: number } = {},
): Promise<string> {
  return (await pick({ name, cwd, by: 'command line' }, timeout)).urls.local
}
