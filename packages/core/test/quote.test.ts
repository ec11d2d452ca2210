import { expect, test } from 'vitest'
import { quote, show } from '../src/quote.ts'

test.each([
  ['main:app', '"main:app"'],
  ['a\nb', String.raw`"a\nb"`],
  ['\x9b\u202e\u2028', String.raw`"\u009b\u202e\u2028"`],
  ['\u{e0041}', String.raw`"\udb40\udc41"`],
  ['\ud800', String.raw`"\ud800"`],
  ['x'.repeat(1_000_000), `"${'x'.repeat(100)}" and 999900 characters more`],
  [8e3, '8000'],
  [Symbol('x'), 'a value of type symbol'],
])('quote %#', (word, text) => expect(quote(word)).toBe(text))

test.each([
  ["/tmp/devlaunch's te\u0301st/ü 日本", "/tmp/devlaunch's te\u0301st/ü 日本"],
  ['/tmp/\nerror', String.raw`"/tmp/\nerror"`],
])('show %j', (word, text) => expect(show(word)).toBe(text))
