import { describe, expect, test } from 'vitest'
import { exitCodeAfter } from '../src/exit-code.ts'

const ended = { killed: [], survivors: [], error: undefined }

describe("the server's own status is passed on", () => {
  test('all 256 codes', () => {
    for (let code = 0; code < 256; code++) expect(exitCodeAfter({ ...ended, code, signal: null })).toBe(code)
  })
  test('all signals', () => {
    for (let signal = 1; signal < 65; signal++)
      expect(exitCodeAfter({ ...ended, code: null, signal })).toBe(128 + signal)
  })
})
