import ipaddr from 'ipaddr.js'

/** Where a server listens unless somebody wants more. */
export const loopback = '127.0.0.1'

/** Who can connect to a socket that is bound to an address. */
export type Reach = 'loopback' | 'lan' | 'public'

/** An address, parsed: numeric, in the one spelling that every server understands the same way. */
export interface Address {
  readonly host: string
  readonly reach: Reach
}

/**
 * Reads what a person may write for an address: `127.0.0.1`, `[::1]`, `0x7f.1`, `2130706433`, `localhost`, `*`.
 * `undefined` for a host name: what it means is decided elsewhere, and can change.
 *
 * Servers disagree about these spellings (`::` is IPv6 only in one and dual-stack in the next, `localhost` is
 * whatever the hosts file says), so they are only ever given what comes out of here.
 */
export function parseAddress(text: string): Address | undefined {
  const word = text.trim().toLowerCase()
  if (word === 'localhost' || word.endsWith('.localhost')) return { host: '127.0.0.1', reach: 'loopback' }
  if (word === '' || word === '*') return { host: '0.0.0.0', reach: 'public' }
  const bare = word.startsWith('[') && word.endsWith(']') ? word.slice(1, -1) : word
  if (bare.includes('%') || !ipaddr.isValid(bare)) return undefined
  const address = ipaddr.process(bare) // ::ffff:127.0.0.1 is 127.0.0.1
  return { host: address.toString(), reach: reaches[address.range()] ?? 'public' }
}

/** Everything else is public: the wildcards, and 100.64/10, which is shared with strangers (RFC 6598). */
const reaches: Readonly<Record<string, Reach>> = {
  loopback: 'loopback',
  private: 'lan',
  uniqueLocal: 'lan',
  linkLocal: 'lan',
}

/** `host:port` as it stands in a URL. */
export function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
