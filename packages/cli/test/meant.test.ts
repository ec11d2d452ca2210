import { expect, test } from 'vitest'
import { meant } from '../src/meant.ts'

test('a word is meant that is two letters away, or begins so', () => {
  expect(meant('flaks', ['http', 'flask'])).toBe('flask')
  expect(meant('unicorn', ['gunicorn', 'uvicorn'])).toBe('gunicorn')
  expect(meant('post', ['host', 'port'])).toBe('host')
  expect(meant('gran', ['granian'])).toBe('granian')
  expect(meant('', ['http', 'api'])).toBeUndefined()
  expect(meant('rails', ['flask', 'http'])).toBeUndefined()
})

test('long words that are unlike each other take no time', () => {
  expect(meant('p'.repeat(60), ['o'.repeat(60)])).toBeUndefined()
  expect(meant(`${'p'.repeat(60)}ab`, ['p'.repeat(60).concat('cd')])).toBe('p'.repeat(60).concat('cd'))
})
