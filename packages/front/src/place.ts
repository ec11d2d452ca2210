import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { DevlaunchError, here, programIn, quote, show } from '@devlaunch/core'
import type { Place } from './adapter.ts'
import { caddy } from './caddy.ts'
import type { Front, FrontName, Static, Tls } from './front.ts'
import { httpd } from './httpd.ts'
import { nginx } from './nginx.ts'

export const fronts: Readonly<Record<FrontName, Front>> = { nginx, caddy, httpd }

/** What is wished for in front of a server. */
export interface FrontOptions {
  readonly front: FrontName
  /** Files that the front serves itself: `{ '/static': 'build/static' }`. Default: none. */
  readonly statics?: Readonly<Record<string, string>> | undefined
  /** Two PEM files: it then speaks https. Default: http. */
  readonly tls?: Tls | undefined
  /** Where relative paths begin. Default: the current working directory. */
  readonly cwd?: string | undefined
}

/**
 * Everything but the addresses.
 * @throws DevlaunchError `USAGE` for a front, path or file that isn't one, `SERVER_NOT_FOUND` where it isn't installed.
 */
export async function findPlace(
  options: FrontOptions,
): Promise<{ front: Front; place: Omit<Place, 'upstream' | 'exposes'> }> {
  const { env, cwd: from } = here()
  const cwd = resolve(from, options.cwd ?? '.')
  const front = frontNamed(options.front)
  const statics = await Promise.all(
    Object.entries(options.statics ?? {}).map(([path, directory]) =>
      checkStatic(path, resolve(cwd, directory)),
    ),
  )
  if (front.name === 'httpd' && process.getuid?.() === 0) await checkReadable(statics)
  const tls = options.tls && {
    certificate: await checkPem(resolve(cwd, options.tls.certificate), 'CERTIFICATE'),
    key: await checkPem(resolve(cwd, options.tls.key), 'PRIVATE KEY'),
  }
  const program = await findProgram(front, env.PATH ?? '')
  const place = {
    program,
    folder: join(tmpdir(), `devlaunch-${front.name}-${crypto.randomUUID()}`),
    statics,
    tls,
    modules: findModules(program),
    root: process.getuid?.() === 0,
  }
  return { front, place }
}

/** @throws DevlaunchError `USAGE` */
export function frontNamed(name: string): Front {
  if (Object.hasOwn(fronts, name)) return fronts[name as FrontName]
  throw new DevlaunchError('USAGE', `${quote(name)} can't stand in front of a server`, {
    hint: 'name nginx, caddy or httpd',
  })
}

/** An ordinary user of Debian hasn't got sbin on the PATH. */
const folders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin']

/** @throws DevlaunchError `SERVER_NOT_FOUND` */
export async function findProgram({ name, programs, install }: Front, path: string): Promise<string> {
  const names = process.platform === 'win32' ? programs.map((program) => `${program}.exe`) : programs
  const found = await programIn([...path.split(delimiter).filter(isAbsolute), ...folders], names)
  if (found) return found
  const system = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux'
  throw new DevlaunchError('SERVER_NOT_FOUND', `${name} is not installed`, { hint: `${install[system]}` })
}

/** Debian, Fedora (64 and 32 bits), macOS, Homebrew. */
function findModules(program: string): string | undefined {
  const prefix = dirname(dirname(program))
  const known = ['lib/apache2/modules', 'lib64/httpd/modules', 'lib/httpd/modules', 'libexec/apache2']
  for (const folder of known.map((name) => join(prefix, name))) {
    if (existsSync(join(folder, 'mod_proxy_http.so'))) return folder
  }
  return undefined
}

/** What each of the three configurations can hold: nothing that one of them would take for more than text. */
const plain = /^[^\p{Cc}"$%{}\\*?]+$/u

async function checkStatic(path: string, directory: string): Promise<Static> {
  const found = await stat(directory).catch(() => undefined)
  const problem =
    !/^\/[\w.~/-]+$/.test(path) || path.includes('..')
      ? `${show(path)} is no path of a site`
      : !found?.isDirectory()
        ? `${show(directory)} is no folder`
        : plain.test(directory)
          ? undefined
          : `${show(directory)} has a character that a configuration can't hold`
  if (problem) {
    throw new DevlaunchError('USAGE', problem, { hint: 'for example --front-static /static=build/static' })
  }
  return { path: `${path.replace(/\/+$/, '')}/`, directory }
}

/** Apache serves nothing as root, but as nobody. */
async function checkReadable(statics: readonly Static[]): Promise<void> {
  for (const { directory } of statics) {
    for (let folder = directory; folder !== dirname(folder); folder = dirname(folder)) {
      if ((await stat(folder)).mode & 0o001) continue
      throw new DevlaunchError(
        'USAGE',
        `Apache serves nothing as root, and others can't read ${show(folder)}`,
        {
          hint: `chmod o+rx ${quote(folder)}, or take --front nginx`,
        },
      )
    }
  }
}

async function checkPem(path: string, kind: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text?.includes(`${kind}-----`) && plain.test(path)) return path
  throw new DevlaunchError(
    'USAGE',
    `${show(path)} ${text === undefined ? "can't be read" : `holds no ${kind.toLowerCase()}`}`,
    {
      hint: 'name two PEM files: --tls cert.pem,key.pem',
    },
  )
}
