import { constants, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reach } from './address.ts'
import { here } from './here.ts'
import { isGuard, type Life, lives, place } from './life.ts'
import { fileOf, ownFolder } from './own-folder.ts'

/** A server that devlaunch runs on this machine for this user, as its launcher tells of it. */
export interface Running {
  /** What it was called, or how it was started: `flask app:app`. */
  readonly name: string
  /** The adapter's name. */
  readonly server: string
  /** What stands in front of it. */
  readonly front: string | null
  /** The folder in which it was started. */
  readonly project: string
  readonly urls: { readonly local: string; readonly network: string | null }
  /** Who can connect to it, and from which subnet alone. */
  readonly reach: Reach
  readonly subnet: string | null
  /** When it was first ready, in milliseconds since 1970. */
  readonly since: number
  /** The path of its interpreter. */
  readonly python: string
  /** Of its first process. */
  readonly pid: number
  /** The server's guard, and that of its front. */
  readonly guards: readonly Life[]
  readonly launcher: Life
  readonly by: 'command line' | 'library'
}

/** Bytes. */
const largest = 65_536

/**
 * Every server that devlaunch runs on this machine for this user, the oldest first. An entry is believed if its guards
 * are guards and live, and its launcher does, each with its start time; what is left of others is removed. One that
 * starts, or starts again, isn't there.
 */
export async function running(): Promise<Running[]> {
  const folder = await ownFolder(here().env)
  if (!folder) return []
  const names = await readdir(folder).catch(() => [])
  const entries = names.filter((name) => name.endsWith('.json'))
  const meant = entries.length > 0 ? entries.filter((name) => name.startsWith(place())) : []
  const found = await Promise.all(meant.map((name) => entry(folder, name)))
  return found.filter((each) => each !== undefined).sort((one, other) => one.since - other.since)
}

async function entry(folder: string, name: string): Promise<Running | undefined> {
  const path = join(folder, name)
  const found = parse(await read(path))
  const [guard] = found?.guards ?? []
  if (!found || !guard || fileOf(guard) !== name) return undefined
  const all = await Promise.all([lives(found.launcher), ...found.guards.map(isGuard)])
  if (all.every(Boolean)) return found
  if (!(await lives(guard))) await rm(path, { force: true }).catch(() => {}) // otherwise it does that itself
  return undefined
}

/** Empty for what isn't a file of ours: a link, a FIFO, another user's. */
async function read(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined)
  try {
    const found = await file?.stat()
    const uid = process.geteuid?.() ?? found?.uid
    if (!file || !found?.isFile() || found.uid !== uid || found.size > largest) return ''
    return await file.readFile('utf8')
  } catch {
    return ''
  } finally {
    await file?.close()
  }
}

/** Any program of this user may have written there: what isn't an entry in every field isn't one. */
function parse(text: string): Running | undefined {
  try {
    const value = JSON.parse(text)
    return Object.entries(kinds).every(([name, isKind]) => isKind(value[name])) ? value : undefined
  } catch {
    return undefined
  }
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 4096
const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
const isUrl = (value: unknown) => isText(value) && /^https?:\/\/[\w.:[\]-]+$/.test(value)
const isLife = (value: Life | undefined) => isNumber(value?.pid) && isText(value.started)
const orNull = (isKind: (value: unknown) => boolean) => (value: unknown) => value === null || isKind(value)

// biome-ignore lint/suspicious/noExplicitAny: it is what has to be found out
const kinds: Readonly<Record<keyof Running, (value: any) => boolean>> = {
  name: isText,
  server: isText,
  front: orNull(isText),
  project: isText,
  urls: (urls) => isUrl(urls?.local) && orNull(isUrl)(urls.network),
  reach: (reach) => ['loopback', 'lan', 'public'].includes(reach),
  subnet: orNull(isText),
  since: isNumber,
  python: isText,
  pid: isNumber,
  guards: (guards) => Array.isArray(guards) && guards.length < 3 && guards.every(isLife),
  launcher: isLife,
  by: (by) => ['command line', 'library'].includes(by),
}
