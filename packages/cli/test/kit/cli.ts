import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa, type Options, type ResultPromise } from 'execa'

/** The command line from source, as a user types it. Its arguments go before those. */
export const command: readonly string[] = [
  process.execPath,
  '--conditions=@devlaunch/source',
  fileURLToPath(new URL('../../src/bin.ts', import.meta.url)),
]

type Options_ = Pick<Options, 'cwd' | 'env' | 'input'> & { readonly extendEnv?: boolean }
type Running = ResultPromise<{ reject: false; lines: false }>

/** Starts it; whatever a test forgets to end is ended with the test's process, and then by the guard. */
export function start(args: readonly string[], options: Options_ = {}): Running {
  const [file = '', ...first] = command
  return execa(file, [...first, ...args], {
    reject: false,
    ...(options.input === undefined && { stdin: 'ignore' }),
    ...options,
  } as never) as unknown as Running
}

/** Runs it to its end. */
export async function devlaunch(args: readonly string[], options: Options_ = {}) {
  const { exitCode, stdout, stderr } = await start(args, options)
  return { code: exitCode, stdout: String(stdout), stderr: String(stderr) }
}

/** The virtual environment with the newest release of every server. */
export function newest(): string {
  const folder = process.env.DEVLAUNCH_TEST_NEWEST
  if (!folder) throw new Error('run the tests with: npm test')
  return folder
}

export function newestPython(): string {
  return join(newest(), 'bin', 'python')
}
