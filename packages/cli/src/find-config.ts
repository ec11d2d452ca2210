import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DevlaunchError, projectFolders, readText, show } from '@devlaunch/core'

/** The files that servers can be named in, beside package.json. */
const codes: ReadonlySet<string> = new Set(
  ['js', 'mjs', 'mts', 'ts'].map((ending) => `devlaunch.config.${ending}`),
)

/**
 * The file that names servers: the nearest one, from a folder up to the root of its repository.
 * @throws DevlaunchError `USAGE` for a folder that isn't there, or one that has two such files.
 */
export async function findConfig(cwd: string): Promise<string | undefined> {
  const here = await stat(cwd).catch(() => undefined)
  if (!here?.isDirectory()) {
    throw new DevlaunchError('USAGE', `the working directory ${show(cwd)} does not exist`, {
      hint: 'check the name',
    })
  }
  for (const folder of await projectFolders(cwd, process.env)) {
    const [file, second] = await configsIn(folder, folder === cwd && isPrivate(here) ? undefined : here)
    if (file && second) {
      throw new DevlaunchError('USAGE', `${show(file)} and ${show(second)} both name servers`, {
        hint: 'keep one of them',
      })
    }
    if (file) return file
  }
  return undefined
}

/** Those that count; `here`: the folder where one stands, for one in which somebody else could have put them. */
async function configsIn(folder: string, here: Owned | undefined): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => [])
  const found: string[] = []
  for (const name of ['package.json', ...codes]) {
    const file = join(folder, name)
    if (!names.includes(name) || (here && !(await isTrusted(file, here)))) continue
    if (codes.has(name) || hasKey((await readText(file)) ?? '')) found.push(file)
  }
  return found
}

/** Most that have the word have it among their dependencies. */
function hasKey(text: string): boolean {
  if (!text.includes('"devlaunch"')) return false
  try {
    return Object.hasOwn(JSON.parse(text.replace(/^\uFEFF/, '')), 'devlaunch')
  } catch {
    return true // who reads it for its servers says where it is broken
  }
}

type Owned = { readonly uid: number; readonly mode: number }

/** Not /tmp, where anybody can put something. */
function isPrivate({ mode }: Owned): boolean {
  return (mode & 0o002) === 0
}

/** What somebody else put into a folder above us (/tmp/package.json), or could change, isn't even opened. */
async function isTrusted(file: string, here: Owned): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (!found) return false
  const owners = [process.getuid?.() ?? found.uid, 0, here.uid]
  return owners.includes(found.uid) && (found.mode & 0o002 & ~here.mode) === 0
}
