import { mkdir, writeFile } from 'node:fs/promises'
import type { Plan } from './plan.ts'

/** Makes the private folder of a server, and what it reads there. The guard removes it. */
export async function writeFiles({ folder, files }: Plan): Promise<void> {
  if (folder === undefined) return
  await mkdir(folder, { mode: 0o700 })
  for (const [path, text] of Object.entries(files)) await writeFile(path, text, { mode: 0o600, flag: 'wx' })
}
