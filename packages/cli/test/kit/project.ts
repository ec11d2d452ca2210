import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Folder extends AsyncDisposable {
  readonly path: string
}

/** A temporary project with these files. */
export async function project(files: Readonly<Record<string, string>>, name = 'project'): Promise<Folder> {
  const top = await mkdtemp(join(tmpdir(), 'devlaunch-test-'))
  const path = join(top, name)
  await mkdir(path)
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, file)), { recursive: true })
    await writeFile(join(path, file), text)
  }
  return { path, [Symbol.asyncDispose]: () => rm(top, { recursive: true, force: true }) }
}
