import { mkdir, rm, writeFile } from 'node:fs/promises'
import { DevlaunchError } from './errors.ts'
import type { Plan } from './plan.ts'
import { show } from './quote.ts'

/**
 * Makes the private folder of a server, and what it reads there. The guard removes it.
 * @throws DevlaunchError `FAILED`
 */
export async function writeFiles({
  server,
  folder,
  files,
}: Pick<Plan, 'server' | 'folder' | 'files'>): Promise<void> {
  if (folder === undefined) return
  try {
    await mkdir(folder, { mode: 0o700 })
    await fill(folder, files)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new DevlaunchError('FAILED', `${server} has no place for its files: ${show(folder)}, ${code}`, {
      cause,
      hint: 'make room there, or name another folder by TMPDIR',
    })
  }
}

/** All of them or none: the guard hasn't been told of the folder yet. */
async function fill(folder: string, files: Plan['files']): Promise<void> {
  try {
    for (const [path, text] of Object.entries(files)) await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
