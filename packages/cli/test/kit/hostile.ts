import * as fc from 'fast-check'

/** Words as an attacker's project, a broken script or a cat on the keyboard would have them. */
const pieces = [
  ...[
    '--bind=0.0.0.0:9',
    '-b0.0.0.0',
    '--host=::',
    '--fd=0',
    '--uds=/tmp/x',
    '--factory',
    '--config=/x',
    '--',
  ],
  ...[
    '; touch canary',
    '$(touch canary)',
    '`touch canary`',
    '& touch canary',
    '| sh',
    "'",
    '"',
    '\\',
    '%PATH%',
    '^',
  ],
  ...[
    '\n',
    '\r\n',
    '\0',
    '\t',
    '\x1b[2J',
    '\x1b]0;x\x07',
    '\x9b',
    '\x7f',
    '\u2028',
    '\u202e',
    '\u2066',
    '\ufeff',
  ],
  ...['\ud800', '\udc80', '🐍', 'а', '٣', '：', '．', 'ﬀ', '\u00a0', 'e\u0301', 'ſ', 'K', 'İ'],
  ...[
    '..',
    '/',
    '../../etc/passwd',
    '.',
    ':',
    '()',
    '(1)',
    '("x")',
    "('",
    'main',
    'app',
    'main:app',
    '_',
    '0',
    '9',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '__class__',
    '=',
    ',',
    ' ',
    '',
    '*',
    '~',
    '-',
    '@x',
  ],
]

const long = fc.constantFrom('a', '-', ' ', '\n', '\ud800', '١').map((character) => character.repeat(1 << 20))

/** Any word at all; one in a hundred is of a megabyte. */
export const word: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((all) => all.join('')),
  },
  { weight: 29, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 10, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 1, arbitrary: long },
)

/** Words that mean something, among those that don't: what is only refused behind a good word is reached too. */
export function sometimes(...good: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: word })
}

/** Arguments for a server: each of these opens or moves a listener of some server, or looks as if it did. */
export const golden: readonly string[] = [
  ...[
    '--bind',
    '--bind=0.0.0.0:9',
    '--bin=::',
    '--bi',
    '-b',
    '-b0.0.0.0',
    '-Rb',
    '-Db:9',
    '-D',
    '--daemon',
    '--da',
  ],
  ...[
    '--host',
    '--host=::',
    '--ho=::',
    '-h',
    '-h0.0.0.0',
    '--port=9',
    '--por=9',
    '-p9',
    '--uds=/x',
    '--fd=0',
  ],
  ...[
    '--reuse-port',
    '--reu',
    '-6',
    '--ipv6',
    '--ip',
    '0:9',
    '0.0.0.0:9',
    '٩',
    '٩٩٩٩',
    '9',
    '--cert=x',
    '--ssl-keyfile=x',
  ],
]

export const argument: fc.Arbitrary<string> = fc.oneof(word, fc.constantFrom(...golden))
