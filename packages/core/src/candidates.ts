import { access, readdir, stat } from 'node:fs/promises'
import { basename, delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { type Candidate, interpreterIn } from './interpreter.ts'
import { question } from './question.ts'
import { readText } from './read.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where to look for a Python. */
export interface Search {
  readonly cwd: string
  readonly env: Environment
  /** An interpreter, the folder of a virtual environment, or a command on the PATH. No other is tried. */
  readonly python?: string | undefined
  /** Ends the questions to other programs. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds that an interpreter has to answer. */
  readonly timeout?: number | undefined
}

/**
 * Where the Python of a project may be, the likeliest first. Only what is asked for is looked up.
 *
 * PATH comes last and without npm's own directories: npm scripts put those before an active virtual environment
 * (https://github.com/npm/cli/issues/8111).
 */
export async function* candidates({ cwd, env, python: wish, signal }: Search): AsyncGenerator<Candidate> {
  if (wish !== undefined) {
    yield { path: await locate(wish, cwd, env), why: 'you named it (--python)' }
    return
  }
  if (env.VIRTUAL_ENV) {
    yield { path: interpreterIn(env.VIRTUAL_ENV), why: 'the active virtual environment (VIRTUAL_ENV)' }
  }
  if (env.CONDA_PREFIX && env.CONDA_DEFAULT_ENV !== 'base') {
    yield { path: interpreterIn(env.CONDA_PREFIX), why: 'the active conda environment (CONDA_PREFIX)' }
  }
  const folders = await projectFolders(cwd, env)
  for (const folder of folders) {
    for (const name of [env.UV_PROJECT_ENVIRONMENT, '.venv', 'venv']) {
      const environment = name && resolve(folder, name)
      if (environment && (await isOurs(environment))) {
        yield { path: interpreterIn(environment), why: `found in ${folder === cwd ? 'the project' : folder}` }
      }
    }
  }
  yield* ofTools(folders, env, signal)
  yield* ofPyenv(folders, env)
  for (const name of ['python3', 'python']) {
    const path = await inPath(name, env)
    if (path) yield { path, why: `${name} on the PATH` }
  }
}

/** From the working directory up to the repository's root, or up to the home directory where there is none. */
export async function projectFolders(cwd: string, env: Environment): Promise<string[]> {
  const folders = [cwd]
  for (
    let folder = cwd;
    !(await exists(join(folder, '.git'))) && folder !== env.HOME;
    folder = dirname(folder)
  ) {
    if (dirname(folder) === folder) break
    folders.push(dirname(folder))
  }
  return folders
}

/** An environment that somebody else put in a folder above us (/tmp/.venv), or could change, isn't run. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) return false
  const uid = process.getuid?.()
  return uid === undefined || ((found.uid === uid || found.uid === 0) && !(found.mode & 0o002))
}

async function* ofTools(
  folders: readonly string[],
  env: Environment,
  signal: AbortSignal | undefined,
): AsyncGenerator<Candidate> {
  for (const folder of folders) {
    const pdm = await readText(join(folder, '.pdm-python'))
    if (pdm?.trim()) yield { path: pdm.trim(), why: 'chosen by pdm (.pdm-python)' }
    if (await exists(join(folder, 'poetry.lock'))) {
      const path = await tell('poetry', ['env', 'info', '--executable'], folder, env, signal)
      if (path) yield { path, why: 'what poetry uses' }
    }
    if (await exists(join(folder, 'Pipfile'))) {
      const path = await tell('pipenv', ['--py'], folder, env, signal)
      if (path) yield { path, why: 'what pipenv uses' }
    }
  }
}

async function* ofPyenv(folders: readonly string[], env: Environment): AsyncGenerator<Candidate> {
  const root = env.PYENV_ROOT ?? join(env.HOME ?? '', '.pyenv')
  const versions = join(root, 'versions')
  const wishes = [{ wish: env.PYENV_VERSION, why: 'PYENV_VERSION' }]
  for (const folder of folders) {
    const wish = await readText(join(folder, '.python-version'))
    wishes.push({ wish: wish?.trim().split('\n')[0], why: join(folder, '.python-version') })
  }
  // the shim on the PATH would choose the same one, in 300 ms of shell
  if (env.PATH?.split(delimiter).includes(join(root, 'shims'))) {
    const wish = await readText(join(root, 'version'))
    wishes.push({ wish: wish?.trim().split('\n')[0], why: join(root, 'version') })
  }
  for (const { wish, why } of wishes) {
    if (!wish || wish.includes(sep) || wish === '..') continue
    const installed = await readdir(versions).catch(() => [])
    const version =
      installed.find((name) => name === wish) ?? installed.findLast((name) => name.startsWith(`${wish}.`))
    if (version) yield { path: interpreterIn(join(versions, version)), why: `pyenv's, named by ${why}` }
  }
}

/** What the user named: an interpreter, an environment's folder, or a command. */
async function locate(wish: string, cwd: string, env: Environment): Promise<string> {
  const command = basename(wish) === wish ? await inPath(wish, env) : undefined
  const path = command ?? resolve(cwd, wish)
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ? interpreterIn(path) : path
}

/** Those of the PATH, without npm's own. */
export function pathFolders({ PATH, Path }: Environment): string[] {
  const folders = (PATH ?? Path ?? '').split(delimiter)
  return folders.filter((folder) => isAbsolute(folder) && !folder.includes('node_modules'))
}

async function inPath(name: string, env: Environment): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name
  for (const folder of pathFolders(env)) {
    if (await exists(join(folder, file))) return join(folder, file)
  }
  return undefined
}

async function tell(
  command: string,
  args: string[],
  cwd: string,
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const file = await inPath(command, env)
  if (!file) return undefined
  const told = await question(file, args, { cwd, signal })
  return 'answer' in told ? told.answer.trim() || undefined : undefined
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
