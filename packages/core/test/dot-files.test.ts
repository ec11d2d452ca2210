import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { dotFiles } from '../src/dot-files.ts'

/** A folder with these files in it. */
async function folderWith(...files: readonly string[]) {
  const path = await mkdtemp(join(tmpdir(), 'devlaunch-files-'))
  for (const file of files) {
    await mkdir(join(path, dirname(file)), { recursive: true })
    await writeFile(join(path, file), '')
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('the nearest are named first, and what a folder with such a name holds is not', async () => {
  await using folder = await folderWith(
    ...['index.html', '.git/config', '.env', 'api/.env', 'a/b/.htpasswd', 'a/b/c/.deep', 'a.b/c.d'],
    ...['node_modules/.bin/x', 'css/site.css'],
  )
  expect(await dotFiles(folder.path, 20_000)).toEqual(['.env', '.git', 'api/.env', 'a/b/.htpasswd'])
})

test('a folder that has none, or can not be read, has none', async () => {
  await using folder = await folderWith('index.html')
  expect(await dotFiles(folder.path)).toEqual([])
  expect(await dotFiles(join(folder.path, 'none'))).toEqual([])
})

test('a link in a circle ends', async () => {
  await using folder = await folderWith('.env')
  await symlink(folder.path, join(folder.path, 'again'))
  expect(await dotFiles(folder.path, 20_000)).toEqual(['.env'])
})

test('when the time is over, what was found by then is told', async () => {
  const all = ['.env', ...Array.from({ length: 1000 }, (_, index) => `${index}/.env`)]
  await using folder = await folderWith(...all)
  expect(await dotFiles(folder.path, 10_000)).toHaveLength(all.length)
  const found = await dotFiles(folder.path, 1)
  expect(found.length).toBeLessThan(all.length)
})
