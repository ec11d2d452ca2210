import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { servers } from '../../testkit/src/servers.ts'
import { adapters } from '../src/adapters.ts'

/** What devlaunch decides, in the words of each server's parser: whatever sets one of these is refused by name. */
const ours: Readonly<Record<string, readonly string[]>> = {
  http: ['bind', 'directory', 'port', 'tls_cert', 'tls_key', 'tls_password_file'],
  flask: [
    ...['host', 'port', 'cert', 'key', 'debug', 'not debug', 'debugger', 'not debugger'],
    ...['reload', 'not reload'],
  ],
  fastapi: ['host', 'port', 'reload', 'not reload', 'proxy_headers', 'forwarded_allow_ips'],
  django: ['addrport', 'use_ipv6', 'not use_reloader'],
  uvicorn: [
    ...['host', 'port', 'uds', 'fd', 'reload', 'debug', 'env_file', 'proxy_headers', 'forwarded_allow_ips'],
    ...[
      'ssl_keyfile',
      'ssl_certfile',
      'ssl_keyfile_password',
      'ssl_version',
      'ssl_cert_reqs',
      'ssl_ca_certs',
    ],
    'ssl_ciphers',
  ],
  gunicorn: [
    ...['bind', 'daemon', 'reuse_port', 'reload', 'forwarded_allow_ips', 'proxy_protocol', 'proxy_allow_ips'],
    ...['certfile', 'keyfile'],
  ],
  hypercorn: ['binds', 'insecure_binds', 'quic_binds', 'reload', 'certfile', 'keyfile', 'keyfile_password'],
  waitress: [
    ...['host', 'port', 'listen', 'unix_socket', 'unix_socket_perms', 'sockets', 'trusted_proxy'],
    ...['trusted_proxy_count', 'trusted_proxy_headers', 'not clear_untrusted_proxy_headers'],
    'clear_untrusted_proxy_headers',
  ],
  granian: [
    ...['host', 'port', 'uds', 'uds_permissions', 'reload', 'not reload', 'env_files'],
    ...['metrics_enabled', 'metrics_address', 'metrics_port', 'ssl_certificate', 'ssl_keyfile'],
    ...['ssl_keyfile_password', 'ssl_protocol_min', 'ssl_ca', 'ssl_crl', 'ssl_client_verify'],
  ],
  daphne: ['host', 'port', 'unix_socket', 'file_descriptor', 'socket_strings', 'proxy_headers'],
}

interface Spelling {
  readonly words: readonly string[]
  readonly sets: readonly string[]
}

async function spellings(python: string, server: string): Promise<readonly Spelling[]> {
  const program = fileURLToPath(new URL('./kit/spellings.py', import.meta.url))
  const { stdout } = await execa(`${python}/bin/python`, ['-I', '-W', 'ignore', program, server])
  return JSON.parse(stdout)
}

describe.for(['oldest', 'newest'] as const)('%s', (wanted) => {
  test.for(Object.entries(ours))(
    '%s: what its own parser takes for ours is refused, and nothing else',
    async ([server, names]) => {
      const adapter = adapters.find(({ name }) => name === server)
      const { python = '' } = servers(adapter).find(({ age }) => age === wanted) ?? {}
      const refused = (word: string) => adapter?.reserved.some(({ match }) => match.test(word))
      const all = await spellings(python, server)
      expect(all.length).toBeGreaterThan(5)
      const isOurs = ({ sets }: Spelling) => sets.some((name) => names.includes(name))
      const shown = ({ words, sets }: Spelling) => `${words.join(' ')} sets ${sets}`
      const passed = all.filter((each) => isOurs(each) && !each.words.some(refused))
      expect(passed.map(shown)).toEqual([])
      // a number on its own is an address to Django, and refused behind other options too
      const stopped = all.filter(
        (each) => !isOurs(each) && each.words.length === 1 && each.words.some(refused),
      )
      expect(stopped.map(shown)).toEqual([])
    },
  )
})

/** They refuse whatever they don't know (their own tests). */
const closed = ['uwsgi', 'wsgi']

test('every server with a parser of its own is asked', () => {
  const parsing = adapters.filter(({ target }) => target.kind !== 'command')
  expect(parsing.map(({ name }) => name).sort()).toEqual([...Object.keys(ours), ...closed].sort())
})
