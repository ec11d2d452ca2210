import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What a project shows of itself at first sight. */
export interface Project {
  readonly cwd: string
  /** Python sources by module name: those of the working directory and of the usual folders below it. */
  readonly sources: ReadonlyMap<string, string>
}

const folders = ['', 'src', 'app', 'api', 'backend', 'server']
/** A hand-written app is smaller; a generated file isn't evidence. */
const largest = 256 * 1024

export async function readProject(cwd: string): Promise<Project> {
  const sources = new Map<string, string>()
  for (const folder of folders) {
    const names = await readdir(join(cwd, folder)).catch(() => [])
    for (const name of names.filter((name) => /^[A-Za-z_]\w*\.py$/.test(name)).sort()) {
      const path = join(cwd, folder, name)
      const { size } = await stat(path)
      const module = [folder, name.slice(0, -3)].filter(Boolean).join('.')
      if (size <= largest) sources.set(module, await readFile(path, 'utf8').catch(() => ''))
    }
  }
  return { cwd, sources }
}
