import { access, constants, lstat, mkdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Environment } from './candidates.ts'
import { type Life, place } from './life.ts'

/**
 * The folder of this user in which guards keep their records, and where it is looked up which servers run: the same as
 * in guard/records.py. `undefined` where it isn't there, or isn't ours alone: in /tmp another user may have made it, or
 * a link in its place, before us.
 */
export async function ownFolder(env: Environment): Promise<string | undefined> {
  const path = await folder(env)
  const found = await lstat(path).catch(() => undefined)
  if (!found?.isDirectory()) return undefined
  return isOurs(found) && (found.mode & 0o077) === 0 ? path : windows(path)
}

/** The same, made if it isn't there yet. */
export async function makeOwnFolder(env: Environment): Promise<string | undefined> {
  await mkdir(await folder(env), { mode: 0o700 }).catch(() => {})
  return ownFolder(env)
}

/** The name of what is told there of a guard's server: that of the guard's record, and an ending. */
export function fileOf({ pid, started }: Life): string {
  return `${place()}${pid}.${started.replace(/\W+/g, '-')}.json`
}

/** The folder for temporary files is a user's own there, and a mode says nothing. */
function windows(path: string): string | undefined {
  return process.platform === 'win32' ? path : undefined
}

async function folder({
  XDG_RUNTIME_DIR: runtime = '',
  TMPDIR: temporary = '',
}: Environment): Promise<string> {
  const uid = process.geteuid?.()
  if (uid === undefined) return join(tmpdir(), 'devlaunch')
  const found = isAbsolute(runtime) ? await stat(runtime).catch(() => undefined) : undefined
  if (found && isOurs(found)) return join(runtime, 'devlaunch')
  return join((await isUsable(temporary)) ? temporary : '/tmp', `devlaunch-${uid}`)
}

function isOurs({ uid }: { readonly uid: number }): boolean {
  return uid === process.geteuid?.()
}

function isUsable(path: string): Promise<boolean> {
  if (!isAbsolute(path)) return Promise.resolve(false)
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}
