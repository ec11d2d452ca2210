import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { pythons } from './guard/pythons.ts'

const tests = fileURLToPath(new URL('guard', import.meta.url))

describe("the guard's modules", () => {
  test.each(pythons())('pass their tests under Python $version', { timeout: 60_000 }, async ({ file }) => {
    const { stderr } = await promisify(execFile)(file, ['-I', '-B', tests])
    expect(stderr).toMatch(/^Ran \d+ tests/m)
    expect(stderr).toMatch(/^OK/m)
  })
})
