import { expect, test, vi } from 'vitest'
import { JsonReport } from '../src/report.ts'

test('nothing comes after the exit, and no line before an earlier one, however slow the reader is', async () => {
  let text = ''
  const slow = (chunk: string, taken: () => void) => {
    text += chunk
    setImmediate(taken)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(slow as typeof process.stdout.write)
  const report = new JsonReport()
  const lines = Array.from({ length: 1000 }, (_, at) => `line ${at}`)
  // as it is at the end of a server: nobody is waited for
  void report.output(`${lines.slice(0, 990).join('\n')}\n`, 'stdout')
  void report.output(lines.slice(990).join('\n'), 'stdout')
  report.event({ event: 'exit', code: 0, signal: null, killed: [], survivors: [], error: undefined })
  await expect.poll(() => text).toContain('"event":"exit"')
  const events = text.trimEnd().split('\n').map((line) => JSON.parse(line)) // biome-ignore format: one thought
  vi.restoreAllMocks()
  expect(events.slice(0, -1).map(({ line }) => line)).toEqual(lines)
  expect(events.at(-1)).toMatchObject({ event: 'exit' })
})
