import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { command, newest } from './cli.ts'
import { type Folder, project } from './project.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const made = new Set(['node_modules', '.venv', '.turbo', 'test-results', '__pycache__'])

/** A copy of examples/polyglot as it is after its two installs, with devlaunch from its sources. */
export async function polyglot(): Promise<Folder> {
  const folder = await project({})
  const modules = join(folder.path, 'node_modules')
  await cp(join(root, 'examples/polyglot'), folder.path, {
    recursive: true,
    filter: (source) => !made.has(basename(source)),
  })
  await symlink(newest(), join(folder.path, '.venv'))
  for (const path of ['.bin', '@playwright', 'devlaunch'])
    await mkdir(join(modules, path), { recursive: true })
  const links = ['vite', 'turbo', '@playwright/test', '.bin/vite', '.bin/turbo', '.bin/playwright']
  for (const name of links) await symlink(join(root, 'node_modules', name), join(modules, name))
  await installSources(modules)
  return folder
}

/** What `npm install devlaunch` would put there. */
async function installSources(modules: string): Promise<void> {
  const source = new URL('../../src/index.ts', import.meta.url).href
  const manifest = { name: 'devlaunch', type: 'module', exports: './index.js' }
  await writeFile(join(modules, 'devlaunch/package.json'), JSON.stringify(manifest))
  await writeFile(join(modules, 'devlaunch/index.js'), `export * from '${source}'\n`)
  const words = command.map((word) => `'${word}'`).join(' ')
  await writeFile(join(modules, '.bin/devlaunch'), `#!/bin/sh\nexec ${words} "$@"\n`)
  await chmod(join(modules, '.bin/devlaunch'), 0o755)
}
