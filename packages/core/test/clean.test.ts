import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Cleaner, clean } from '../src/clean.ts'

const piped = (text: string) => new Cleaner().clean(text)

describe('only colours, tabs and line ends pass', () => {
  test.each([
    ['plain äöü 漢字 🎉', 'plain äöü 漢字 🎉'],
    ['\x1b[31mred\x1b[0m\n', '\x1b[31mred\x1b[0m\n'],
    ['\x1b[38;5;200mx\x1b[m', '\x1b[38;5;200mx\x1b[m'],
    ['\x1b[38:2::1:2:3mx', '\x1b[38:2::1:2:3mx'],
    ['a\tb\n', 'a\tb\n'],
    ['a\r\nb', 'a\nb'],
    ['50%\r100%', '50%\n100%'],
    ['\x1b]0;title\x07x', 'x'],
    ['\x1b]0;title\x9cx', 'x'],
    ['\x1b]52;c;ZXZpbA==\x1b\\x', 'x'],
    ['\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\x1b]0;never ended\nnext line', '\nnext line'],
    ['\x1b]0;a\x1b]0;b\x1b[31mred', '\x1b[31mred'],
    ['\x1bP1$r\x1b\\\x1b^pm\x1b\\\x1b_apc\x1b\\\x1bXsos\x1b\\x', 'x'],
    ['\x1b[2J\x1b[Hx', 'x'],
    ['\x1b[1A\x1b[2Kx', 'x'],
    ['\x1b[?25l\x1b[>4;2m\x1b[?1049h\x1b[<mx', 'x'],
    ['\x1b[4 qx', 'x'],
    ['\x1bcx', 'x'],
    ['\x1b(0x', 'x'],
    ['\x1b\x1b[\x1b[2Jx', 'x'],
    ['\x1b[3\x1b[31m1mx', '3\x1b[31m1mx'],
    ['\x1b\x07[2Jx', '[2Jx'],
    ['\x1b\nx', '\nx'],
    ['\x9b31mx', '31mx'],
    ['\x9d0;t\x9cx', '0;tx'],
    ['\x07\x08\x0b\x0c\x0e\x0f\x1c\x1d\x1e\x7f\x85\0x', 'x'],
    ['\u202eevil\u2066\u200f\u061c', 'evil'],
    ['a\u2028b\u2029c', 'abc'],
    ['a\u200bb\u2060c\ufeffd\u00ade', 'abcde'],
    ['a\u{e0041}\u{e007f}b', 'ab'],
    ['نمی\u200cخواهم 👩\u200d💻 ❤\ufe0f', 'نمی\u200cخواهم 👩\u200d💻 ❤\ufe0f'],
    [`\x1b[${'1'.repeat(200)}mx`, `${'1'.repeat(200)}mx`],
  ])('%j', (dirty, clean) => {
    expect(piped(dirty)).toBe(clean)
  })
})

test('in a terminal the edits within a line pass too', () => {
  const cleaner = new Cleaner({ edits: true })
  expect(cleaner.clean('(Pdb) x\b \b\r\x1b[K\x1b[2C')).toBe('(Pdb) x\b \b\r\x1b[K\x1b[2C')
  expect(cleaner.clean('\x1b[2J\x1b[5A\x1b]0;t\x07\x1b[99999C')).toBe('')
})

test('the text of an error has no colours either', () => {
  expect(clean('\x1b[31mred\x1b[0m \x1b[2Jx')).toBe('red x')
})

test('a title that never ends is not kept', () => {
  const cleaner = new Cleaner()
  for (let i = 0; i < 1000; i++) expect(cleaner.clean(`\x1b]0;${'x'.repeat(5000)}`)).toBe('')
  expect(cleaner.clean('\nafter\n')).toBe('\nafter\n')
})

describe('whatever comes, in whatever pieces', () => {
  const control = fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code))
  const special = fc.constantFrom(
    ...['\x1b[', '\x1b]', '\x1bP', '\x1b\\', '\x1b', '\x9b', '\x07', '\r', '\r\n', '\n', '\u2028', '\u202e'],
    ...['\x1b[31m', '\x1b[?25l', ';', '8', 'm', 'H', ' ', '\u{e0041}', '\ud83d', '\ude00', '\u200b', '🎉'],
  )
  const pieces = fc.array(fc.array(fc.oneof(special, control, fc.string({ unit: 'binary' }))), {
    maxLength: 8,
  })
  const through = (cleaner: Cleaner, texts: readonly string[]) =>
    texts.map((text) => cleaner.clean(text)).join('')

  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: what must not be found
  const forbidden =
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u{e0000}-\u{e007f}]/u
  const colours = /\x1b\[[\d;:]{0,100}m/g
  const edits = /\x1b\[\d{0,4}[CDGKPX@]|[\r\x07\x08]/g
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above

  test('no control character passes but those of colours, tabs and line ends', () => {
    fc.assert(
      fc.property(pieces, (all) => {
        const shown = through(
          new Cleaner(),
          all.map((words) => words.join('')),
        )
        expect(shown.replace(colours, '')).not.toMatch(forbidden)
      }),
      { numRuns: 5000 },
    )
  })

  test('in a terminal none but those and the edits', () => {
    fc.assert(
      fc.property(pieces, (all) => {
        const shown = through(
          new Cleaner({ edits: true }),
          all.map((words) => words.join('')),
        )
        expect(shown.replace(colours, '').replace(edits, '')).not.toMatch(forbidden)
      }),
      { numRuns: 5000 },
    )
  })

  test('where it is cut makes no difference', () => {
    fc.assert(
      fc.property(pieces, fc.boolean(), (all, edits) => {
        const text = all.flat().join('')
        const whole = new Cleaner({ edits }).clean(`${text}.\n`)
        expect(through(new Cleaner({ edits }), [...`${text}.\n`.split(''), ''])).toBe(whole)
        expect(through(new Cleaner({ edits }), [...all.map((words) => words.join('')), '.\n'])).toBe(whole)
      }),
      { numRuns: 5000 },
    )
  })

  test('plain text comes through as it is', () => {
    const plain = /^[[\P{C}\t\n\u200d]--[\p{Zl}\p{Zp}]]*$/v
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }).filter((text) => plain.test(text))), (texts) => {
        expect(through(new Cleaner(), texts)).toBe(texts.join(''))
        expect(through(new Cleaner({ edits: true }), texts)).toBe(texts.join(''))
      }),
    )
  })
})

describe('a megabyte takes time that is linear', () => {
  test.each(
    [
      ...[
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1b[1',
        '\x1b ',
        '\x1b]0;',
        '\x1b[;',
        '\x1bP\x1b',
        '\x1b[ ',
        '\r',
        '\0',
      ],
      ...['\x1b[31m', '1;', ' ', '\u202e', '\x9b', '\x1b]\x9c', '\ud83d', 'é'],
    ].flatMap((unit) => ['', '\x1b[', '\x1b]'].map((first) => [first, unit] as const)),
  )('%j, and %j for ever', (first, unit) => {
    const time = (length: number) => {
      const text = first + unit.repeat(length / unit.length)
      const start = performance.now()
      new Cleaner().clean(text)
      return performance.now() - start
    }
    // quadratic would be minutes
    expect(time(1_048_576)).toBeLessThan(10_000)
  })
})
