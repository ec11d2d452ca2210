import { readdir } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { adapters } from './adapters.ts'
import { commands } from './commands.ts'
import { detect, type Match } from './detect.ts'
import { readProject } from './project.ts'

/** A server that a project shows, under a name it could have. */
export interface Proposal {
  readonly name: string
  /** As it is written down. */
  readonly definition: Readonly<Record<string, string>>
  /** The file that shows it. */
  readonly evidence: string
}

/**
 * The servers of a folder, and of those in it that are projects of their own. `root`: the folder that paths are written
 * from; `taken`: names that others have.
 */
export async function propose(cwd: string, root: string, taken: readonly string[]): Promise<Proposal[]> {
  const folders = (await projectsIn(cwd)).map((name) => join(cwd, name))
  const inside = (folder: string) => folders.filter((other) => other.startsWith(folder + sep))
  const below = (await Promise.all(folders.map((folder) => find(folder, inside(folder))))).flat()
  const here = await find(cwd, folders)
  const names = new Set([...taken, ...commands, ...adapters.map(({ name }) => name)])
  return [...here, ...below].map(({ folder, file, match, alone }) => {
    const { adapter, target } = match
    const module = target?.split(/[.:]/)[0] ?? adapter.name
    const inPackage = /^\w+\./.test(target ?? '') && below.length > 0 // it is called as its neighbours are
    const own = folder === cwd ? (inPackage ? module : 'api') : basename(folder)
    const wished = alone ? own : module
    const name = freeName(wished, names)
    names.add(name)
    const path = relative(root, folder).split(sep).join('/')
    return {
      name,
      definition: {
        server: adapter.name,
        ...(target !== undefined && { [adapter.target.option]: target }),
        ...(path && { cwd: path }),
      },
      evidence: relative(root, file),
    }
  })
}

interface Found {
  readonly folder: string
  readonly match: Match
  /** An absolute path. */
  readonly file: string
  /** Is it the only one of its folder? */
  readonly alone: boolean
}

/** What a folder shows, but for what these folders in it show. */
async function find(folder: string, without: readonly string[]): Promise<Found[]> {
  const project = await readProject(folder)
  const isOwn = (file: string) =>
    file.startsWith(folder + sep) && !without.some((other) => file.startsWith(other + sep))
  // a manage.py is found above and below as well, and hides whatever else there is
  for (let asked = adapters; ; ) {
    const matches = await detect(asked, project)
    const all = matches.map((match) => ({ folder, match, file: resolve(folder, match.evidence) }))
    const strangers = all.filter(({ file }) => !isOwn(file)).map(({ match }) => match.adapter)
    if (strangers.length === 0) return all.map((each) => ({ ...each, alone: all.length === 1 }))
    asked = asked.filter((adapter) => !strangers.includes(adapter))
  }
}

const others = new Set([
  'node_modules',
  'venv',
  'env',
  'test',
  'tests',
  'docs',
  'examples',
  'scripts',
  'dist',
  'build',
])

/** What makes a folder a Python project of its own. */
const marker =
  /^(?:manage\.py|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|requirements[\w.-]*\.txt|\.venv|venv)$/

/** `apps/api` is the usual place of a workspace. */
const deepest = 2

/**
 * Folders whose apps are imported from within. Without a mark of their own they are parts of the project around them, if
 * that has one or imports them as packages.
 */
async function projectsIn(cwd: string, depth = 1): Promise<string[]> {
  const entries = await readdir(cwd, { withFileTypes: true }).catch(() => [])
  const isProject = entries.some(({ name }) => marker.test(name) || (depth > 1 && name.endsWith('.py')))
  const folders = entries.filter(
    (each) => each.isDirectory() && !each.name.startsWith('.') && !others.has(each.name),
  )
  const names = folders.map(async ({ name }) => {
    const files = await readdir(join(cwd, name)).catch((): string[] => [])
    const own = files.some((file) => marker.test(file)) || (!isProject && !files.includes('__init__.py'))
    const below = depth < deepest ? await projectsIn(join(cwd, name), depth + 1) : []
    return [...(own ? [name] : []), ...below.map((inner) => join(name, inner))]
  })
  return (await Promise.all(names)).flat().sort()
}

/** Like the wish, as a name may be. */
function freeName(wish: string, taken: ReadonlySet<string>): string {
  const word = wish.replace(/[^\w-]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '') || 'api'
  for (let count = 1; ; count++) {
    const name = count === 1 ? word : `${word}-${count}`
    if (!taken.has(name)) return name
  }
}
