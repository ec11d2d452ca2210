import { describe, expect, test } from 'vitest'
import { Cleaner } from '../src/clean.ts'

const piped = (text: string) => new Cleaner(false).clean(text)

describe('only colours, tabs and line ends pass', () => {
  test.each([
    ['plain äöü 漢字 🎉', 'plain äöü 漢字 🎉'],
    ['\x1b[31mred\x1b[0m\n', '\x1b[31mred\x1b[0m\n'],
    ['\x1b[38;5;200mx\x1b[m', '\x1b[38;5;200mx\x1b[m'],
    ['a\tb\n', 'a\tb\n'],
    ['a\r\nb', 'a\nb'],
    ['50%\r100%', '50%\n100%'],
    ['\x1b]0;title\x07x', 'x'],
    ['\x1b]52;c;ZXZpbA==\x1b\\x', 'x'],
    ['\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\x1b[2J\x1b[Hx', 'x'],
    ['\x1b[1A\x1b[2Kx', 'x'],
    ['\x1bcx', 'x'],
    ['\x1bP1$r\x1b\\x', 'x'],
    ['\x9b31mx', '31mx'],
    ['\x07\x08\x7f\0x', 'x'],
    ['\u202eevil\u2066', 'evil'],
  ])('%j', (dirty, clean) => {
    expect(piped(dirty)).toBe(clean)
  })
})

test('in a terminal the edits within a line pass too', () => {
  const cleaner = new Cleaner(true)
  expect(cleaner.clean('(Pdb) x\b \b\r\x1b[K\x1b[2C')).toBe('(Pdb) x\b \b\r\x1b[K\x1b[2C')
  expect(cleaner.clean('\x1b[2J\x1b[5A\x1b]0;t\x07')).toBe('')
})

test('a sequence cut in two is still one', () => {
  for (const text of ['\x1b[31mred', '\x1b]0;title\x07red', 'a\r\nb', '\x1b[2Jred']) {
    for (let cut = 1; cut < text.length; cut++) {
      const cleaner = new Cleaner(false)
      expect(cleaner.clean(text.slice(0, cut)) + cleaner.clean(text.slice(cut))).toBe(piped(text))
    }
  }
})

test('a title that never ends is not waited for', () => {
  const cleaner = new Cleaner(false)
  cleaner.clean(`\x1b]0;${'x'.repeat(5000)}`)
  expect(cleaner.clean('after\n')).toBe('after\n')
})
