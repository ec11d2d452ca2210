import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DevlaunchError, projectFolders, show } from '@devlaunch/core'

/** The files that servers can be named in, beside package.json. */
const codes: ReadonlySet<string> = new Set(
  ['ts', 'mts', 'js', 'mjs'].map((ending) => `devlaunch.config.${ending}`),
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
    const [file, second] = await configsIn(folder)
    if (file && second) {
      throw new DevlaunchError('USAGE', `${show(file)} and ${show(second)} both name servers`, {
        hint: 'keep one of them',
      })
    }
    if (file && (folder === cwd || (await isTrusted(file, here)))) return file
  }
  return undefined
}

async function configsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => [])
  const found = names.filter((name) => codes.has(name)).sort()
  const manifest = names.includes('package.json') && join(folder, 'package.json')
  const defines = manifest && hasKey(await readFile(manifest, 'utf8').catch(() => ''))
  return [...(defines ? ['package.json'] : []), ...found].map((name) => join(folder, name))
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

/** What somebody else put into a folder above us (/tmp/package.json), or could change, isn't obeyed. */
async function isTrusted(file: string, here: Owned): Promise<boolean> {
  const { uid, mode } = await stat(file)
  const owners = [process.getuid?.() ?? uid, 0, here.uid]
  return owners.includes(uid) && (mode & 0o002 & ~here.mode) === 0
}
