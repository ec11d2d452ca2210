import { access, constants, readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { AnyAdapter } from './adapter.ts'
import { type Environment, projectFolders } from './candidates.ts'
import { DevlaunchError } from './errors.ts'
import { show } from './quote.ts'

export interface Place {
  /** The target as the adapter's command gets it; an absolute path for a directory or a file; none for a command. */
  readonly target: string | undefined
  /** Where the server runs. */
  readonly cwd: string
}

/**
 * Finds the target of a server on disk.
 * @throws DevlaunchError `USAGE` for a working directory or target that isn't there or can't be read.
 */
export async function findTarget(
  { name, target: { kind, example } }: Pick<AnyAdapter, 'name' | 'target'>,
  target: unknown,
  cwd: string,
  env: Environment,
): Promise<Place> {
  await checkFolder(cwd, 'the working directory')
  if (kind === 'directory') {
    const directory = resolve(cwd, String(target ?? '.'))
    await checkFolder(directory, 'the directory to serve')
    return { target: directory, cwd }
  }
  if (kind === 'command') return { target: undefined, cwd }
  if (kind === 'app') return { target: target as string | undefined, cwd }
  const file = target === undefined ? await findFile(example, cwd, env) : resolve(cwd, String(target))
  if (!file || !(await isFile(file))) {
    throw new DevlaunchError(
      'USAGE',
      `${name} needs ${example}: ${file ? `${show(file)} is not a file` : `none was found from ${show(cwd)}`}`,
      {
        hint: `go to the folder that has it, or name it: devlaunch ${name} path/to/${example}`,
      },
    )
  }
  return { target: file, cwd: dirname(file) }
}

async function findFile(name: string, cwd: string, env: Environment): Promise<string | undefined> {
  for (const folder of await projectFolders(cwd, env)) {
    if (await isFile(join(folder, name))) return join(folder, name)
  }
  const below = (await readdir(cwd, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => join(cwd, entry.name, name))
  const found = (await Promise.all(below.map(async (path) => ((await isFile(path)) ? path : [])))).flat()
  return found.length === 1 ? found[0] : undefined
}

async function checkFolder(path: string, what: string): Promise<void> {
  try {
    const found = await stat(path)
    if (!found.isDirectory())
      throw new DevlaunchError('USAGE', `${what} ${show(path)} is not a directory`, {
        hint: 'name the folder it is in',
      })
    await access(path, constants.R_OK | constants.X_OK)
  } catch (cause) {
    if (cause instanceof DevlaunchError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    if (path.includes('\ufffd') && code === 'ENOENT') {
      throw new DevlaunchError('USAGE', `${what} ${show(path)} has a name that is not UTF-8`, {
        cause,
        hint: 'rename it',
      })
    }
    const missing = code !== 'EACCES' && code !== 'EPERM'
    throw new DevlaunchError(
      'USAGE',
      `${what} ${show(path)} ${missing ? 'does not exist' : "can't be read by you"}`,
      { cause, hint: missing ? 'check the name' : 'ask its owner for the right to read it' },
    )
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false
}
