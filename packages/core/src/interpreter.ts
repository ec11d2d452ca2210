import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Package } from './adapter.ts'
import { type QuestionOptions, question } from './question.ts'
import { readText } from './read.ts'

/** One Python that was considered. */
export interface Candidate {
  readonly path: string
  /** Why it was considered, in words. */
  readonly why: string
}

/** A candidate that can run the server. */
export interface Interpreter extends Candidate {
  /** Of Python; `undefined` until somebody runs it. */
  readonly version: string | undefined
  /** Of the server's package. */
  readonly release: string | undefined
}

export interface Rejected extends Candidate {
  readonly rejected: string
}

const windows = process.platform === 'win32'

/** Where a virtual environment keeps its interpreter. */
export function interpreterIn(environment: string): string {
  return windows ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python')
}

/** Can this candidate run the server? Looks into the folders of a virtual environment before it starts anything. */
export async function judge(
  candidate: Candidate,
  wanted: Package | undefined,
  options: QuestionOptions,
): Promise<Interpreter | Rejected> {
  const reject = (rejected: string): Rejected => ({ ...candidate, rejected })
  const found = await stat(candidate.path).catch(() => undefined)
  if (!found?.isFile()) return reject('no such file')
  if (!windows && !(found.mode & 0o111)) return reject('not executable')
  const seen = (await lookInto(candidate.path, wanted)) ?? (await ask(candidate.path, wanted, options))
  if (typeof seen === 'string') return reject(seen)
  if (seen.version && tooOld(seen.version)) return reject(`Python ${seen.version}, older than 3.9`)
  if (wanted && !seen.installed) return reject(`${wanted.distribution} is not installed in it`)
  return {
    ...candidate,
    path: seen.path,
    version: seen.version,
    release: wanted ? seen.release : seen.version,
  }
}

interface Seen {
  readonly path: string
  readonly version: string | undefined
  readonly installed: boolean
  readonly release: string | undefined
}

/**
 * What the files tell: saves the 40 ms of a question. `undefined` where they don't tell enough: a shim, an editable
 * install, a package of the system.
 */
async function lookInto(path: string, wanted: Package | undefined): Promise<Seen | undefined> {
  const environment = dirname(dirname(path))
  const config = await readText(join(environment, 'pyvenv.cfg'))
  if (config === undefined) return wanted ? undefined : lookAtName(path)
  const version = /^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)/m.exec(config)?.[1]
  if (!wanted) return { path, version, installed: true, release: version }
  for (const folder of await sitePackages(environment)) {
    const release = await installedIn(folder, wanted)
    if (release) return { path, version, installed: true, release }
  }
  return undefined
}

/** pyenv, asdf and mise put a program of their own in front, which costs time and signals: its name isn't python3.x. */
async function lookAtName(path: string): Promise<Seen | undefined> {
  const version = /^python(\d+\.\d+)$/.exec(basename(await realpath(path)))?.[1]
  return version ? { path, version, installed: true, release: version } : undefined
}

async function sitePackages(environment: string): Promise<string[]> {
  if (windows) return [join(environment, 'Lib', 'site-packages')]
  const library = join(environment, 'lib')
  const versions: string[] = await readdir(library).catch(() => [])
  return versions
    .filter((name) => name.startsWith('python3'))
    .map((name) => join(library, name, 'site-packages'))
}

async function installedIn(folder: string, wanted: Package): Promise<string | undefined> {
  const names: string[] = await readdir(folder).catch(() => [])
  if (!names.includes(wanted.module) && !names.includes(`${wanted.module}.py`)) return undefined
  const normal = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '_')
  for (const name of names) {
    const [, distribution = '', version] = /^(.+)-([^-]+)\.dist-info$/.exec(name) ?? []
    if (normal(distribution) === normal(wanted.distribution)) return version
  }
  return undefined
}

/** Isolated (-I): a flask.py in the working directory isn't imported. */
async function ask(
  path: string,
  wanted: Package | undefined,
  options: QuestionOptions,
): Promise<Seen | string> {
  const words = wanted ? [wanted.module, wanted.distribution] : []
  const told = await question(path, ['-I', '-c', program, ...words], options)
  if ('failure' in told) return `can't be run: ${told.failure}`
  const [executable = path, version, installed, release] = told.answer.split('\n')
  return { path: executable, version, installed: installed === 'True', release: release || undefined }
}

const program = `
import os, sys
print(sys.executable)
print(".".join(map(str, sys.version_info[:3])))
if len(sys.argv) > 1:
    from importlib.util import find_spec
    print(find_spec(sys.argv[1]) is not None)
    def normal(name):
        return name.lower().replace("-", "_").replace(".", "_")
    for folder in filter(os.path.isdir, sys.path):
        for name in os.listdir(folder):
            if name.endswith(".dist-info"):
                distribution, _, version = name[:-10].rpartition("-")
                if normal(distribution) == normal(sys.argv[2]):
                    print(version)
                    sys.exit()
`

function tooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < 3 || (major === 3 && minor < 9)
}
