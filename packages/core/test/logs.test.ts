import { expect, test } from 'vitest'
import { DevlaunchError } from '../src/errors.ts'
import { Log } from '../src/logs.ts'

test('the last 1000 lines of each stream are kept, and 4096 characters of a line', () => {
  const log = new Log()
  log.add(Array.from({ length: 3000 }, (_, at) => `${at}\n`).join(''), 'stdout')
  log.add(`${'x'.repeat(100_000)}\nshort\r\nno end`, 'stderr')
  expect([log.stdout.length, log.stdout[0], log.stdout.at(-1)]).toEqual([1000, '2000', '2999'])
  expect(log.stderr.map(({ length }) => length)).toEqual([4096, 5])
  expect(log.all.slice(-2)).toEqual(log.stderr)
  expect(log.all).toHaveLength(1000)
  expect(log.text.endsWith('short\nno end')).toBe(true)
})

test('a line in many pieces is one, and is cut where a character ends', () => {
  const log = new Log()
  for (let at = 0; at < 5000; at++) log.add('é', 'stdout')
  log.add('\n', 'stdout')
  expect(log.stdout).toEqual(['é'.repeat(4096)])
})

test('the texts of an error can be printed', () => {
  const bad = 'a\u001b[2J\u202e\u001b[31mb\u0000'
  const { message, summary, output, hint, command, python } = new DevlaunchError('FAILED', bad, {
    output: bad,
    hint: bad,
    command: bad,
    python: bad,
  })
  expect([summary, output, hint, command, python]).toEqual(Array(5).fill('ab'))
  expect(message).toBe('ab\n\nab\n\ncommand: ab\npython: ab\nwhat to do: ab')
})
