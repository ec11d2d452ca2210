import { describe, expect, test } from 'vitest'
import { parseAddress } from '../src/address.ts'
import { DevlaunchError } from '../src/errors.ts'
import { type Risk, resolvePolicy, type Wishes } from '../src/policy.ts'

const at = (host: string) => parseAddress(host) ?? { host, reach: 'public' as const }

test('every decision is safe by default', () => {
  expect(resolvePolicy({}, at('127.0.0.1'), 8000)).toEqual({
    bind: { host: '127.0.0.1', port: 8000, authority: '127.0.0.1:8000' },
    reach: 'loopback',
    debugger: false,
    reload: false,
    proxyHeaders: false,
    allowedHosts: ['127.0.0.1:8000'],
    dotenv: false,
    grace: 1,
  })
})

describe('a risk is refused by name, with the word that accepts it', () => {
  test.each<[string, Wishes, Risk[]]>([
    ['0.0.0.0', {}, ['public-bind']],
    ['::', {}, ['public-bind']],
    ['', {}, ['public-bind']],
    ['8.8.8.8', {}, ['public-bind']],
    ['8.8.8.8', { allow: ['lan-bind'] }, ['public-bind']],
    ['192.168.1.23', {}, ['lan-bind']],
    ['192.168.1.23', { debug: true, allow: ['lan-bind'] }, ['debugger']],
    ['192.168.1.23', { debug: true }, ['lan-bind', 'debugger']],
    ['0.0.0.0', { debug: true, allow: ['debugger'] }, ['public-bind']],
  ])('%j %j', (host, wishes, risks) => {
    const refused = caught(() => resolvePolicy(wishes, at(host), 8000))
    expect(refused).toMatchObject({ code: 'REFUSED', risks })
    for (const risk of risks) expect(refused.hint).toContain(`--allow ${risk}`)
  })
})

describe('what was accepted is planned', () => {
  test.each<[string, Wishes, object]>([
    ['127.0.0.1', { debug: true }, { reach: 'loopback', debugger: true }],
    ['192.168.1.23', { allow: ['lan-bind'] }, { reach: 'lan', allowedHosts: ['192.168.1.23:8000'] }],
    ['192.168.1.23', { allow: ['public-bind'] }, { reach: 'lan' }],
    [
      '0.0.0.0',
      { allow: ['public-bind'] },
      { reach: 'public', allowedHosts: [], bind: { host: '0.0.0.0', port: 8000, authority: '0.0.0.0:8000' } },
    ],
    ['::1', {}, { bind: { host: '::1', port: 8000, authority: '[::1]:8000' } }],
    ['127.0.0.1', { allow: ['proxy-headers', 'dotenv'] }, { proxyHeaders: true, dotenv: true }],
  ])('%j %j', (host, wishes, expected) => {
    expect(resolvePolicy(wishes, at(host), 8000)).toMatchObject(expected)
  })
})

function caught(action: () => unknown): DevlaunchError {
  try {
    action()
  } catch (error) {
    if (error instanceof DevlaunchError) return error
  }
  throw new Error('nothing was refused')
}
