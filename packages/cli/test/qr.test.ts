import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Look, lookOf } from '../src/look.ts'
import { ours } from '../src/mark.ts'
import { qrCode } from '../src/qr.ts'
import { scan } from './kit/scan.ts'

const urls = [
  'http://10.0.0.5:8000/',
  'http://192.168.1.23:8000/',
  'http://192.168.100.100:65535/',
  'http://[fd12:3456:789a:1::20]:65535/',
  'http://[fd12:3456:789a:1111:2222:3333:4444:5555]:65535/',
]
const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY, columns: 80 }) as never
const look = (more: Partial<Look>): Look => ({ columns: 80, colours: true, unicode: true, ...more })
/** As it is shown: behind the mark, with a line of ours above and below. */
const shown = async (url: string, with_: Look) =>
  ours(`Network  ${url}\n\n${await qrCode(url, with_)}\n\nPress Ctrl-] h for keys`, stream(true))
const widest = (text: string) =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.length),
  )

describe.each(urls)('%s', (url) => {
  test.each([80, 40])('in colours it is black on white on every screen, at %i columns', async (columns) => {
    const text = await shown(url, look({ columns }))
    expect(await scan(text, 'dark')).toEqual([url])
    expect(await scan(text, 'light')).toEqual([url])
    expect(widest(text.replace(/.*Network.*/, ''))).toBeLessThanOrEqual(columns)
  })

  test.each([80, 40])('without colours it is right on a dark screen, at %i columns', async (columns) => {
    const text = await shown(url, look({ columns, colours: false }))
    expect(text.replace('\x1b[m', '')).not.toContain('\x1b')
    expect(await scan(text, 'dark')).toEqual([url])
    expect(await scan(text, 'light')).toEqual([])
    expect(await scan(text, 'light', { inverted: true })).toEqual([url])
  })

  test('without Unicode it is drawn with backgrounds', async () => {
    const text = await shown(url, look({ unicode: false, columns: 90 }))
    expect(stripVTControlCharacters(text.replaceAll('▐', ''))).toMatch(/^[ -~\n]*$/)
    expect(await scan(text, 'dark')).toEqual([url])
    expect(await scan(text, 'light')).toEqual([url])
  })
})

test('an address of version 4 is drawn with the whole margin, at 40 columns too', async () => {
  const code = await qrCode('http://192.168.100.100:65535/', look({ columns: 40, colours: false }))
  expect(code.split('\n').slice(0, 2)).toEqual(['█'.repeat(33), '█'.repeat(33)])
  expect(code.split('\n')).toHaveLength(17)
})

test('what has no room for it is told why there is none', async () => {
  const [url = ''] = urls
  expect(await qrCode(url, look({ columns: 30 }))).toBe('No QR code: it needs 31 columns, and here are 30.')
  expect(await qrCode(url, look({ columns: 40, unicode: false }))).toBe(
    'No QR code: it needs 60 columns, and here are 40.',
  )
  expect(await qrCode(url, look({ colours: false, unicode: false }))).toBe(
    'No QR code: this terminal shows neither block characters nor colours.',
  )
})

test.each([
  [{}, true],
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'de_DE.ISO-8859-1' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, true],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, true],
])('%j: Unicode %s', (env, expected) => {
  expect(lookOf(stream(true), env).unicode).toBe(expected)
  expect(lookOf(stream(false), env).unicode).toBe(true) // a file is UTF-8
})
