import { expect, test } from 'vitest'
import { keys, nothingTyped, type Order, readKeys, type Typed } from '../src/keys.ts'

const leader = '\x1d'

/** Chunks as they come, what the server gets of them all, and what devlaunch is told to do. */
const table: Readonly<Record<string, readonly [chunks: string[], send: string, orders: Order[]]>> = {
  "a debugger's line": [['answer += 1\r'], 'answer += 1\r', []],
  'letters alone': [[...'horculq'], 'horculq', []],
  'a chord': [['\x1dh'], '', ['help']],
  'a chord in two chunks': [['\x1d', 'r'], '', ['restart']],
  'a chord in the middle of a line': [['n', 'e\x1d', 'uxt\r'], 'next\r', ['urls']],
  'Caps Lock': [['\x1dL'], '', ['lan']],
  'two chords': [['\x1du\x1dc'], '', ['urls', 'code']],
  'one that is for the server': [['\x1d\x1d'], '\x1d', []],
  'that and a chord': [['\x1d\x1d\x1dq'], '\x1d', ['quit']],
  'that in two chunks, and a letter': [['\x1d', '\x1dq'], '\x1dq', []],
  'an unknown key': [['\x1dx', 'x'], 'x', ['unknown']],
  'an arrow': [['\x1d', '\x1b[A', 'x'], 'x', ['unknown']],
  'a function key': [['\x1d\x1b[15~x'], 'x', ['unknown']],
  'a key of the application mode': [['\x1d\x1bOPx'], 'x', ['unknown']],
  Escape: [['\x1d', '\x1b', 'x'], 'x', ['unknown']],
  'two bytes': [['\x1d\xc3\xa9x'], 'x', ['unknown']],
  'two bytes without a leader': [['\xc3', '\xa9'], '\xc3\xa9', []],
  'Ctrl-C': [['ab\x03c'], 'abc', ['interrupt']],
  'Ctrl-C behind the leader': [['\x1d\x03', 'h'], 'h', ['interrupt']],
  'Ctrl-Z': [['\x1a'], '', ['suspend']],
  'a paste': [['\x1b[200~a\x1dqb\x1b[201~'], '\x1b[200~a\x1dqb\x1b[201~', []],
  'a paste in pieces': [
    ['\x1b', '[20', '0~a\x1d', 'l', '\x1b[2', '01~', '\x1dl'],
    '\x1b[200~a\x1dl\x1b[201~',
    ['lan'],
  ],
  'Ctrl-C in a paste': [['\x1b[200~a\x03'], '\x1b[200~a', ['interrupt']],
}

function readAll(chunks: readonly string[]) {
  let typed: Typed = nothingTyped
  let send = ''
  const orders: Order[] = []
  for (const chunk of chunks) {
    const reading = readKeys(chunk, typed)
    typed = reading.typed
    send += reading.send
    orders.push(...reading.orders)
  }
  return { send, orders }
}

test.each(Object.entries(table))('%s', (_, [chunks, send, orders]) => {
  expect(readAll(chunks)).toEqual({ send, orders })
})

test.each(Object.entries(keys))('%s: %s', (key, command) => {
  expect(readKeys(leader + key)).toMatchObject({ send: '', orders: [command] })
  expect(readKeys(key)).toMatchObject({ send: key, orders: [] })
})

test('every byte but the leader and the two signals reaches the server', () => {
  const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
  const others = bytes.filter((byte) => !['\x03', '\x1a', leader].includes(byte)).join('')
  expect(readKeys(others)).toMatchObject({ send: others, orders: [] })
  expect(readAll([...others])).toEqual({ send: others, orders: [] })
})
