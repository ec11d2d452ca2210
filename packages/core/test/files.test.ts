import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeFiles } from '../src/files.ts'

test('a folder of which only a part could be written is not left', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'devlaunch-test-'))
  try {
    const folder = join(parent, 'private')
    const files = { [join(folder, 'nginx.conf')]: 'text', [join(folder, 'missing/mime.types')]: 'text' }
    await expect(writeFiles({ server: 'nginx', folder, files })).rejects.toMatchObject({ code: 'FAILED' })
    expect(readdirSync(parent)).toEqual([])
  } finally {
    rmSync(parent, { recursive: true })
  }
})

test("somebody else's folder in its place is left as it is", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'devlaunch-test-'))
  try {
    mkdirSync(join(folder, 'theirs'))
    const files = { [join(folder, 'nginx.conf')]: 'text' }
    await expect(writeFiles({ server: 'nginx', folder, files })).rejects.toMatchObject({ code: 'FAILED' })
    expect(existsSync(join(folder, 'theirs'))).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
