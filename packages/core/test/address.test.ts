import { describe, expect, test } from 'vitest'
import { authority, parseAddress } from '../src/address.ts'

describe('an address is parsed, never compared as text', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.2', '127.0.0.2'],
    ['127.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    ['LOCALHOST', '127.0.0.1'],
    ['shop.localhost', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
  ])('%s is loopback', (text, host) => {
    expect(parseAddress(text)).toEqual({ host, reach: 'loopback' })
  })

  test.each([
    ['', '0.0.0.0', 'public'],
    ['*', '0.0.0.0', 'public'],
    ['0', '0.0.0.0', 'public'],
    ['0.0', '0.0.0.0', 'public'],
    ['0x0', '0.0.0.0', 'public'],
    ['0.0.0.0', '0.0.0.0', 'public'],
    ['::', '::', 'public'],
    ['[::]', '::', 'public'],
    ['::ffff:0.0.0.0', '0.0.0.0', 'public'],
    ['8.8.8.8', '8.8.8.8', 'public'],
    ['100.64.0.1', '100.64.0.1', 'public'],
    ['2001:4860:4860::8888', '2001:4860:4860::8888', 'public'],
    ['10.0.0.5', '10.0.0.5', 'lan'],
    ['172.16.0.1', '172.16.0.1', 'lan'],
    ['172.32.0.1', '172.32.0.1', 'public'],
    ['192.168.1.23', '192.168.1.23', 'lan'],
    ['169.254.10.10', '169.254.10.10', 'lan'],
    ['fd00::1', 'fd00::1', 'lan'],
    ['fe80::1', 'fe80::1', 'lan'],
  ])('%s is not', (text, host, reach) => {
    expect(parseAddress(text)).toEqual({ host, reach })
  })

  test.each([
    'example.com',
    'localhost.example.com',
    '<broadcast>',
    '8e3',
    '256.1.1.1',
    'fe80::1%eth0',
    '1.2.3.4.5',
    '٣',
  ])('%s is a name', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })
})

test('an IPv6 host stands in brackets', () => {
  expect(authority('::1', 8000)).toBe('[::1]:8000')
  expect(authority('127.0.0.1', 8000)).toBe('127.0.0.1:8000')
})
