import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { AnyAdapter } from './adapter.ts'
import { type Environment, pathFolders } from './candidates.ts'
import { DevlaunchError } from './errors.ts'
import { installation } from './installation.ts'
import type { Interpreter } from './interpreter.ts'
import { show } from './quote.ts'

/** Where to look for a program. */
export interface Surroundings {
  readonly python: Pick<Interpreter, 'path'>
  /** The server's. */
  readonly cwd: string
  /** The server's. */
  readonly env: Environment
}

/**
 * The program that runs in place of the interpreter, if the adapter has one: beside the interpreter, then on the PATH
 * without npm's own directories. A word with a slash is a path.
 * @throws DevlaunchError `SERVER_NOT_FOUND`
 */
export async function findProgram(
  { program, package: wanted }: Pick<AnyAdapter, 'program' | 'package'>,
  options: object,
  { python, cwd, env }: Surroundings,
): Promise<string | undefined> {
  const word = typeof program === 'function' ? program(options) : program
  if (word === undefined) return undefined
  if (/[\\/]/.test(word)) {
    const path = resolve(cwd, word)
    if (await isProgram(path)) return path
    throw new DevlaunchError('SERVER_NOT_FOUND', `${show(path)} is not a program`, {
      hint: 'correct its name, or make it executable',
    })
  }
  const names = process.platform === 'win32' ? [`${word}.exe`, word] : [word]
  const path = await programIn([dirname(python.path), ...pathFolders(env)], names)
  if (path) return path
  throw new DevlaunchError(
    'SERVER_NOT_FOUND',
    `the program ${show(word)} is neither beside ${show(python.path)} nor on the PATH`,
    {
      hint: wanted
        ? await installation(wanted.distribution, python.path, { cwd, env })
        : 'install it, or name it by its path, which has a slash',
    },
  )
}

/** The first that can be run; the folders' order counts before that of the names. */
export async function programIn(
  folders: readonly string[],
  names: readonly string[],
): Promise<string | undefined> {
  for (const folder of folders) {
    for (const name of names) if (await isProgram(join(folder, name))) return join(folder, name)
  }
  return undefined
}

/** Can it be run? */
export async function isProgram(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return false
  return process.platform === 'win32' || (found.mode & 0o111) !== 0
}
