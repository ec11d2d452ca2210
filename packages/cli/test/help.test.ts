import { expect, test } from 'vitest'
import { adapters } from '../src/adapters.ts'
import { help, helpFor } from '../src/help.ts'

const texts = new Map([
  ['--help', help()],
  ...adapters.map((adapter) => [adapter.name, helpFor(adapter)] as const),
])

test.each([...texts.keys()])('%s fits a terminal of 80 columns', (name) => {
  expect(
    texts
      .get(name)
      ?.split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([])
})

test('what is too long goes on below its column', () => {
  expect(help()).toMatch(/^ {2}--host ADDR {2,}address/m)
  const flask = adapters.find(({ name }) => name === 'flask')
  if (!flask) throw new Error('no flask')
  const [, indent = '', removed = ''] =
    /^( {2}not passed on {2})(.*\n(?: {6,}\S.*\n)+)/m.exec(helpFor(flask)) ?? []
  expect(removed.trim().split('\n').slice(1)).toSatisfy((lines: string[]) =>
    lines.every((line) => line.search(/\S/) === indent.length),
  )
  expect(removed.split(/\s+/).filter(Boolean)).toEqual(flask.scrub)
})
