import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dependencies } from './dependencies.ts'

/** What a project shows of itself at first sight. */
export interface Project {
  readonly cwd: string
  /** Python sources by module name: those of the working directory and of its packages, `src/` included. */
  readonly sources: ReadonlyMap<string, Source>
  /** The text of its pyproject.toml. */
  readonly pyproject: string
  /** Distributions it says it needs, in lower case. */
  readonly dependencies: ReadonlySet<string>
}

interface Source {
  /** Relative to the working directory. */
  readonly file: string
  readonly text: string
}

/** A hand-written app is smaller; a generated file isn't evidence. */
const largest = 256 * 1024
const folder =
  /^(?!(?:tests?|docs?|examples?|scripts|migrations|node_modules|build|dist|v?env)$)[A-Za-z_]\w*$/
const file = /^(?!test_|conftest\.|setup\.)[A-Za-z_]\w*(?<!_test)\.py$/

export async function readProject(cwd: string): Promise<Project> {
  const sources = new Map<string, Source>()
  for (const [path, module] of await packages(cwd)) {
    for (const name of (await list(join(cwd, path))).filter((name) => file.test(name))) {
      const source = join(path, name)
      const text = await read(join(cwd, source))
      const stem = name === '__init__.py' && module ? '' : name.slice(0, -3)
      if (text) sources.set([module, stem].filter(Boolean).join('.'), { file: source, text })
    }
  }
  const pyproject = await read(join(cwd, 'pyproject.toml'))
  const lists = (await list(cwd)).filter((name) => /^requirements[\w.-]*\.txt$/.test(name))
  const requirements = await Promise.all(lists.map((name) => read(join(cwd, name))))
  return { cwd, sources, pyproject, dependencies: dependencies(pyproject, requirements) }
}

/** Folders that can hold an app, with the name they are imported by. */
async function packages(cwd: string): Promise<[path: string, module: string][]> {
  const top = (await list(cwd)).filter((name) => folder.test(name))
  const found: [string, string][] = [['', ''], ...top.map((name): [string, string] => [name, name])]
  for (const name of (await list(join(cwd, 'src'))).filter((name) => folder.test(name))) {
    // as installed: in the "src layout", src itself is no package
    const inner = await list(join(cwd, 'src', name))
    const installed = inner.includes('__init__.py') && !(await list(join(cwd, 'src'))).includes('__init__.py')
    found.push([join('src', name), installed ? name : `src.${name}`])
  }
  return found
}

/** In order of their names; nothing where there is no folder, or none that can be read. */
async function list(path: string): Promise<string[]> {
  return (await readdir(path).catch(() => [])).sort()
}

/** Nothing for what isn't a file, or can't be read: a link to nowhere is how editors lock a file. */
async function read(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile() || found.size > largest) return ''
  return (await readFile(path, 'utf8').catch(() => '')).replaceAll('\r\n', '\n')
}
