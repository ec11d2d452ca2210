import { authority } from './address.ts'
import type { Bind } from './policy.ts'
import type { Socket } from './protocol.ts'

/** Where these listen for TCP. An IPv4 address that is written as IPv6 is the IPv4 address. */
export function binds(sockets: readonly Socket[]): Bind[] {
  return sockets
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ address, port }) => {
      const host = address.replace(/^::ffff:(?=\d+\.)/, '')
      return { host, port, authority: authority(host, port) }
    })
}
