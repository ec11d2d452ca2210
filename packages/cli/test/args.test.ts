import { describe, expect, test } from 'vitest'
import { parse } from '../src/args.ts'

test('words, options, and what is behind --', () => {
  expect(parse(['flask', 'app:app', '--port', '5001', '--no-reload', '--', '--cert', 'adhoc'])).toMatchObject(
    {
      words: ['flask', 'app:app'],
      rest: ['--cert', 'adhoc'],
      port: 5001,
      reload: false,
    },
  )
})

test('nothing given, nothing assumed', () => {
  expect(parse([])).toMatchObject({
    port: undefined,
    host: undefined,
    reload: undefined,
    allow: [],
    debug: false,
  })
})

test('risks can be repeated and listed', () => {
  expect(parse(['--allow', 'debugger', '--allow', 'lan-bind,dotenv']).allow).toEqual([
    'debugger',
    'lan-bind',
    'dotenv',
  ])
})

describe('bad values are refused before anything happens', () => {
  test.each([
    [['--port', '0'], /--port "0" is not a port/],
    [['--port', '65536'], /not a port/],
    [['--port=-1'], /not a port/],
    [['--port', '8e3'], /not a port/],
    [['--port', '٣'], /not a port/],
    [['--port', ''], /not a port/],
    [['--port'], /--port/],
    [['--timeout', '0'], /not a time/],
    [['--timeout', 'soon'], /not a time/],
    [['--allow', 'everything'], /not a risk/],
    [['--allow', 'constructor'], /not a risk/],
    [['--ready-path', 'health'], /not a path/],
    [['--ready-path', '//evil.example/'], /not a path/],
    [['--bind=0.0.0.0:9'], /unknown option '--bind'/],
    [['--reload=yes'], /does not take an argument/],
  ])('%j', (argv, message) => {
    expect(() => parse(argv)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
    )
  })
})
