import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Levels that are looked at: the folder itself, and two below. */
const levels = 3

/**
 * The files and folders of a folder whose names begin with a dot, as paths from there, the nearest first: `.env`,
 * `.git`, `api/.env`. Those two levels below too, as far as they are found in `milliseconds`. Default: 200. What can't
 * be read is passed over, and so is what a link points to.
 */
export async function dotFiles(folder: string, milliseconds = 200): Promise<string[]> {
  const found: string[] = []
  const over = new AbortController()
  const { signal } = over
  await Promise.race([
    search(folder, found, signal),
    setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
  ])
  over.abort()
  return [...found] // a slow disk may still answer
}

/** Breadth first: what is nearest is the likeliest to be opened. */
async function search(folder: string, found: string[], signal: AbortSignal): Promise<void> {
  let names = ['']
  for (let level = 0; level < levels; level++) {
    const below: string[] = []
    for (const name of names) {
      if (signal.aborted) return
      const entries = await readdir(join(folder, name), { withFileTypes: true }).catch(() => [])
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = name ? `${name}/${entry.name}` : entry.name
        if (entry.name.startsWith('.')) found.push(path)
        else if (entry.isDirectory() && entry.name !== 'node_modules') below.push(path)
      }
    }
    names = below
  }
}
