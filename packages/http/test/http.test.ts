import { planner } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { http } from '../src/index.ts'

const planned = planner(http, '3.13.0')

const start = ['-I', '-u', '-m', 'http.server']

describe.each(['3.9.18', '3.13.0'])('the whole command for Python %s', (version) => {
  test('by default', () => {
    const { args, env, url, unenforced } = planned({}, { version })
    expect(args).toEqual([...start, '--bind=127.0.0.1', '8000'])
    expect(env).toEqual({})
    expect(url).toBe('http://127.0.0.1:8000')
    expect(unenforced).toEqual([])
  })

  test('with a folder and an argument of the user', () => {
    const { args } = planned({ directory: "/a b/ü'x", args: ['--cgi'] }, { version })
    expect(args).toEqual([...start, '--cgi', '--bind=127.0.0.1', '8000', "--directory=/a b/ü'x"])
  })

  test('on IPv6', () => {
    const { args, url } = planned({}, { version, host: '::1' })
    expect(args).toEqual([...start, '--bind=::1', '8000'])
    expect(url).toBe('http://[::1]:8000')
  })

  test('for everybody', () => {
    const { args } = planned({}, { version, host: '0.0.0.0', allow: ['public-bind'] })
    expect(args).toEqual([...start, '--bind=0.0.0.0', '8000'])
  })

  test('whatever risk is accepted', () => {
    const { args } = planned({}, { version, allow: ['proxy-headers', 'dotenv', 'debugger'] })
    expect(args).toEqual([...start, '--bind=127.0.0.1', '8000'])
  })
})

test('no variable can move it, so none is scrubbed', () => {
  const env = { PORT: '80', HOST: '0.0.0.0', LISTEN_FDS: '1' }
  expect(planned({}, { env })).toEqual(planned())
})

test.each([
  ...['-b', '-b0.0.0.0', '--bind', '--bind=0.0.0.0', '--bin=0.0.0.0', '--b', '--b=0.0.0.0'],
  ...['-d', '-d/etc', '--directory=/etc', '--di', '--d=/', '9000', '--tls-cert=x', '--tls-k=x', '--t', '--'],
])('%s is refused as an argument', (argument) => {
  expect(() => planned({ args: [argument] })).toThrow(expect.objectContaining({ code: 'REFUSED' }))
})

test.each([['--cgi'], ['-p', 'HTTP/1.1'], ['--protocol=HTTP/1.1'], ['--help']])(
  '%s is passed on',
  (...args) => {
    expect(planned({ args }).args).toEqual(expect.arrayContaining(args))
  },
)

test.each(['public', '/a b', '-x', '--bind=0.0.0.0', 'qu\'o"te', 'new\nline'])(
  'a folder named %j stays one argument',
  (directory) => {
    expect(planned({ directory }).args.at(-1)).toBe(`--directory=${directory}`)
  },
)

test('a folder cannot have a NUL in its name', () => {
  expect(() => planned({ directory: 'a\0b' })).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

// Printed by Python 3.9.18 and 3.13.0 alike, unless the release is named.
test.each([
  [
    '    self.socket.bind(self.server_address)\nPermissionError: [Errno 13] Permission denied\n',
    '--port of 1024 or more',
  ],
  ['OSError: [Errno 99] Cannot assign requested address\n', '--host'],
  [
    // 3.9.18
    'usage: server.py [-h] [--cgi] [--bind ADDRESS] [--directory DIRECTORY] [port]\nserver.py: error: unrecognized arguments: --protocol=HTTP/1.1\n',
    'newer --python',
  ],
])('%j is explained', (output, hint) => {
  expect(http.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
})

test('an address in use is left to what is known of every server', () => {
  const output = 'OSError: [Errno 98] Address already in use\n'
  expect(http.hints.find(({ match }) => match.test(output))).toBeUndefined()
})
