import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dotenv } from './hostile.ts'

/** The fixture apps in packages/testkit/apps. */
export type App = 'asgi' | 'django' | 'fastapi' | 'files' | 'flask' | 'script' | 'wsgi'

export interface Project extends AsyncDisposable {
  readonly cwd: string
  /** The virtual environment to run it with. */
  readonly python: string
  /** Saves a source that the app imports, as an editor does. */
  save(): Promise<void>
}

const run = promisify(execFile)
const apps = join(import.meta.dirname, '..', 'apps')

/**
 * A fresh copy of an app, in a folder with a name as people have them. What the hostile variables would do from the
 * environment is also tried from the files that servers read by themselves.
 */
export async function makeProject(
  app: App,
  python: string,
  hostile: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const parent = await mkdtemp(join(tmpdir(), "devlaunch's tést "))
  const cwd = join(parent, 'project')
  await cp(join(apps, app), cwd, { recursive: true })
  for (const name of ['listen.py', 'seen.py']) await cp(join(apps, name), join(cwd, name))
  for (const name of ['.env', '.flaskenv']) await writeFile(join(parent, name), dotenv(hostile))
  const bind = `0.0.0.0:${hostile.PORT ?? 0}`
  await writeFile(join(cwd, 'gunicorn.conf.py'), `bind = ${JSON.stringify(bind)}\n`)
  return {
    cwd,
    python: app === 'files' ? await customized(python, parent, cwd) : python,
    save: () => cp(join(apps, 'listen.py'), join(cwd, 'listen.py')),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true }),
  }
}

/** A server of files runs no code of its project: what should misbehave must be part of the Python. */
async function customized(python: string, parent: string, cwd: string): Promise<string> {
  const folder = join(parent, 'venv')
  await run(join(python, 'bin/python'), ['-I', '-m', 'venv', '--without-pip', folder])
  const [version = ''] = await readdir(join(folder, 'lib'))
  await cp(cwd, join(folder, 'lib', version, 'site-packages'), { recursive: true })
  return folder
}
