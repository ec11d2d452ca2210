import { chmod, chown, copyFile, mkdir, readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { project } from './kit/project.ts'

const asRoot = process.getuid?.() === 0
const bin = fileURLToPath(new URL('../bin/devlaunch.cjs', import.meta.url))

/** The bin with a bundle that says where code is cached: tests run before any build. */
async function installed() {
  const folder = await project({
    'package.json': '{ "version": "1.2.3" }',
    'dist/bin.cjs': "console.log(require('node:module').getCompileCacheDir() ?? 'no cache')",
    'no-home.cjs': "require('node:os').homedir = () => { throw new Error('no such user') }",
    'home/.keep': '',
  })
  await mkdir(join(folder.path, 'bin'))
  await copyFile(bin, join(folder.path, 'bin/devlaunch.cjs'))
  for (const path of [dirname(folder.path), folder.path]) await chmod(path, 0o755)
  return folder
}

async function run(folder: string, env: Record<string, string>, [file, ...args]: readonly string[] = []) {
  const node = [process.execPath, ...(env.NODE_FLAGS?.split(' ') ?? []), join(folder, 'bin/devlaunch.cjs')]
  const command = file ? [file, ...args, ...node] : node
  const options = { cwd: '/', env, extendEnv: false, all: true, reject: false } as const
  const { all, exitCode } = await execa(command[0] ?? '', [...command.slice(1), 'x'], options)
  return { all, exitCode }
}

test('code is cached in the home of the user', async () => {
  await using folder = await installed()
  const home = await realpath(join(folder.path, 'home'))
  const { all } = await run(folder.path, { HOME: home })
  expect(all).toContain(join(home, '.cache/devlaunch'))
})

test('code is cached where XDG_CACHE_HOME says, if that is absolute', async () => {
  await using folder = await installed()
  const home = await realpath(join(folder.path, 'home'))
  expect((await run(folder.path, { XDG_CACHE_HOME: home })).all).toContain(join(home, 'devlaunch'))
  const relative = await run(folder.path, { XDG_CACHE_HOME: 'tmp', HOME: home })
  expect(relative.all).toContain(join(home, '.cache/devlaunch'))
})

test('without a home it runs, without a cache', async () => {
  await using folder = await installed()
  const env = { NODE_FLAGS: `--require ${join(folder.path, 'no-home.cjs')}` }
  expect(await run(folder.path, env)).toEqual({ all: 'no cache', exitCode: 0 })
})

test.skipIf(!asRoot)('a user the system does not know (only root can become one)', async () => {
  await using folder = await installed()
  const stranger = ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups']
  expect(await run(folder.path, {}, stranger)).toEqual({ all: 'no cache', exitCode: 0 })
  // as `docker run --user 12345` has it
  expect(await run(folder.path, { HOME: '/' }, stranger)).toEqual({ all: 'no cache', exitCode: 0 })
})

test("no cache is made in somebody else's folder", async () => {
  await using folder = await installed()
  const home = asRoot ? join(folder.path, 'home') : '/'
  if (asRoot) await chown(home, 12_345, 12_345)
  expect(await run(folder.path, { HOME: home })).toEqual({ all: 'no cache', exitCode: 0 })
  if (asRoot) expect(await readdir(home)).toEqual(['.keep'])
})

test('no cache is used that everybody can write to', async () => {
  await using folder = await installed()
  const home = join(folder.path, 'home')
  await mkdir(join(home, '.cache'))
  await chmod(join(home, '.cache'), 0o777)
  expect(await run(folder.path, { HOME: home })).toEqual({ all: 'no cache', exitCode: 0 })
})
