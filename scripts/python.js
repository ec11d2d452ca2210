import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Failure } from './main.js'
import { run } from './run.js'

/** @typedef {{ file: string, minor: number, version: string }} Python */

const OLDEST = 9
const NEWEST = 14

const QUESTION = `
import sys, importlib.util
v = sys.version_info
if sys.implementation.name == 'cpython' and v.major == 3 and v.releaselevel == 'final':
    if importlib.util.find_spec('venv') and importlib.util.find_spec('ensurepip'):
        print(sys.executable, v.minor, '%d.%d.%d' % v[:3], sep='\\n')
`

/**
 * The oldest and the newest CPython, 3.9 to 3.14, on PATH or in ~/.pyenv; they may be one and the same.
 * @returns {Promise<{ oldest: Python, newest: Python }>}
 */
export async function pythons() {
  const answers = await Promise.all(candidates().map(ask))
  const found = answers.flat().sort((a, b) => a.minor - b.minor)
  const [oldest] = found
  const newest = found.at(-1)
  if (!oldest || !newest) {
    throw new Failure(
      `no Python 3.${OLDEST} to 3.${NEWEST} with its venv module was found on PATH or in ~/.pyenv; install it: ` +
        'apt install python3-venv, dnf install python3, brew install python, or https://www.python.org/downloads/',
    )
  }
  return { oldest, newest }
}

function candidates() {
  const names = ['python3']
  for (let minor = OLDEST; minor <= NEWEST; minor++) names.push(`python3.${minor}`)
  // pyenv's shims are slow, and answer only for versions that are switched on.
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !/[\\/]shims[\\/]?$/.test(folder))
  const onPath = names.map((name) => folders.map((folder) => join(folder, name)).find(existsSync))
  return [...new Set([...onPath.filter((file) => file !== undefined), ...inPyenv()])]
}

function inPyenv() {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  if (!existsSync(versions)) return []
  return readdirSync(versions)
    .filter((version) => version.startsWith('3.'))
    .map((version) => join(versions, version, 'bin', 'python'))
    .filter(existsSync)
}

/**
 * @param {string} candidate
 * @returns {Promise<Python[]>} none if it isn't fit
 */
async function ask(candidate) {
  const { code, output } = await run(candidate, ['-I', '-S', '-c', QUESTION])
  const [file, minor, version] = output.trim().split(/\r?\n/)
  if (code !== 0 || !file || !version || Number(minor) < OLDEST || Number(minor) > NEWEST) return []
  return [{ file, minor: Number(minor), version }]
}
