import { join } from 'node:path'
import { exists, projectFolders, type Search } from './candidates.ts'

/** The install command of the tool that this project uses. */
export async function installation(
  distribution: string,
  python: string,
  { cwd, env }: Pick<Search, 'cwd' | 'env'>,
): Promise<string> {
  for (const folder of await projectFolders(cwd, env)) {
    for (const [file, command] of Object.entries(tools)) {
      if (await exists(join(folder, file))) return `${command} ${distribution}`
    }
  }
  const wanted = (await exists(join(cwd, 'requirements.txt'))) ? '-r requirements.txt' : distribution
  // PEP 668: Debian's and Homebrew's Pythons refuse to install into themselves
  const own = python.startsWith('/usr/') || python.startsWith('/opt/homebrew/')
  return own
    ? `python3 -m venv .venv && .venv/bin/python -m pip install ${wanted}`
    : `${python} -m pip install ${wanted}`
}

const tools: Readonly<Record<string, string>> = {
  'uv.lock': 'uv add',
  'poetry.lock': 'poetry add',
  'pdm.lock': 'pdm add',
  Pipfile: 'pipenv install',
}
