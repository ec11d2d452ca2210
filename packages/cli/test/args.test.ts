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
    debug: undefined,
  })
})

test('risks can be repeated and listed', () => {
  expect(parse(['--allow', 'debugger', '--allow', 'lan-bind,dotenv']).allow).toEqual([
    'debugger',
    'lan-bind',
    'dotenv',
  ])
})

describe('--lan', () => {
  test.each([
    [['django', '--lan'], { words: ['django'], lan: true }],
    [['--lan', 'django'], { words: ['django'], lan: true }],
    [['--lan', '-q', 'django'], { words: ['django'], lan: true, quiet: true }],
    [['--lan=eth1', 'django'], { words: ['django'], lan: 'eth1' }],
    [['--lan=10.0.0.5'], { lan: '10.0.0.5' }],
    [['--lan=fd12::5'], { lan: 'fd12::5' }],
    [['--lan', '--', '--lan'], { lan: true, rest: ['--lan'] }],
    [['--lan', '--lan=eth1'], { lan: 'eth1' }],
    [['--lan', '--lan-for', '30m'], { lan: true, lanFor: 1_800_000, follow: undefined }],
    [['--lan', '--lan-for=90s', '--follow'], { lanFor: 90_000, follow: true }],
    [['--lan', '--lan-for', '1.5h'], { lanFor: 5_400_000 }],
    [['--lan', '--lan-for', '576h'], { lanFor: 2_073_600_000 }],
    [['--lan', '--qr'], { qr: true }],
    [['--lan', '--no-qr'], { qr: false }],
    [['django'], { lan: undefined, lanFor: undefined, follow: undefined, qr: undefined }],
  ])('%j', (argv, expected) => {
    expect(parse(argv)).toMatchObject(expected)
  })
})

test('behind --and are the options of one more server, and those of the whole', () => {
  const args = parse('test flask --and http public --port 9 --dry-run --no-with-parent -- cmd'.split(' '))
  expect(args).toMatchObject({ dryRun: true, withParent: false, port: undefined, rest: ['cmd'] })
  expect(args.and).toMatchObject([{ words: ['http', 'public'], port: 9, rest: [] }])
  expect(parse(['test', '--and', 'http', '--help'])).toMatchObject({ help: true })
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
    [['--lan='], /--lan= names nothing/],
    [['--no-lan'], /'--no-lan'/],
    [['--lan', '--host', '192.168.1.5'], /--lan and --host both/],
    [['--host', '127.0.0.1', '--lan=eth1'], /--lan and --host both/],
    [['--lan', '--lan-for'], /--lan-for/],
    ...['30', '0m', '-1m', '30M', '30 m', '1h30m', '25d', '577h', '1e3s', '٣m', 'soon', ''].map(
      (time): [string[], RegExp] => [['--lan', `--lan-for=${time}`], /--lan-for ".*" is not a time/],
    ),
    [['test', 'flask', '--and'], /nothing stands behind --and/],
    [['test', '--and', '--and', 'http'], /nothing stands behind --and/],
    [['flask', '--and', 'http'], /--and is for devlaunch test/],
    [['--bind=0.0.0.0:9'], /unknown option '--bind'/],
    [['--reload=yes'], /does not take an argument/],
  ])('%j', (argv, message) => {
    expect(() => parse(argv)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
    )
  })
})
