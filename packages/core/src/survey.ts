import ipaddr from 'ipaddr.js'
import type { InterfaceAddress, Networks } from './lan.ts'

/** What a user has named: nothing, an interface or an address. */
export type Named = 'nothing' | 'interface' | 'address'

/** An address of this machine, and what speaks against serving on it. */
export interface Found extends InterfaceAddress {
  readonly interface: string
  readonly version: 4 | 6
  /** `192.168.1.0/24`; of a `/32` or `/128` it is the address itself. Never wider than the private block it is in. */
  readonly subnet: string
  /** The system sends from it what goes to the internet. */
  readonly source: boolean
  /** Something goes to the internet through its interface. */
  readonly routed: boolean
  readonly against: readonly Rule[]
}

interface Rule {
  /** In words that fit a table. */
  readonly reason: string
  /** What overrules it, once a user has named that. */
  readonly unless?: Exclude<Named, 'nothing'>
  readonly code: 'zone' | 'alone' | 'public' | undefined
}

type Fact = Omit<Found, 'against'> & {
  readonly range: string
  readonly kind: string
  readonly neighbours: readonly string[]
}

/** In this order, since the first that applies is the one that is told. */
const rules: readonly (Rule & { readonly applies: (address: Fact) => boolean })[] = [
  {
    // http://[fe80::1%eth0]/ is no URL for a browser: https://url.spec.whatwg.org/#concept-ipv6-parser
    reason: 'link-local',
    code: 'zone',
    applies: ({ range, version }) => range === 'linkLocal' && version === 6,
  },
  {
    reason: 'link-local',
    unless: 'address',
    code: undefined,
    applies: ({ range, version }) => range === 'linkLocal' && version === 4,
  },
  {
    reason: 'a VPN or tunnel',
    unless: 'interface',
    code: undefined,
    applies: ({ kind, host, version }) => kind === 'tunnel' || (version === 6 && inside(host, tailscale)),
  },
  {
    // RFC 6598
    reason: 'shared with strangers (carrier-grade NAT)',
    code: 'public',
    applies: ({ range }) => range === 'carrierGradeNat',
  },
  { reason: 'public', code: 'public', applies: ({ range }) => range === 'unicast' },
  {
    // 192.0.0.2 for example, which a network that is IPv6 only gives to itself (RFC 7335)
    reason: 'neither private nor public',
    code: 'public',
    applies: ({ range }) => !['private', 'uniqueLocal', 'linkLocal'].includes(range),
  },
  {
    // A virtual machine of Google has one, and a pod of Calico: nothing says which others are of the same network
    reason: 'alone in its network',
    code: 'alone',
    applies: ({ prefix, version }) => prefix === (version === 4 ? 32 : 128),
  },
  {
    reason: 'a bridge of containers or virtual machines',
    unless: 'interface',
    code: undefined,
    applies: ({ kind, routed }) => kind === 'bridge' && !routed,
  },
  {
    // A provider's, not a home's: Linode's is shared by its customers, the internet is sent to DigitalOcean's.
    // https://www.digitalocean.com/docs/networking/floating-ips/how-to/find-anchor-ips/
    reason: 'beside a public address',
    unless: 'interface',
    code: undefined,
    applies: ({ source, version, neighbours }) => version === 4 && !source && neighbours.some(isPublic),
  },
]

/** https://tailscale.com/kb/1033/ip-and-dns-addresses; on WSL's mirrored network its interface is called eth2 or so. */
const tailscale = 'fd7a:115c:a1e0::/48'

/** Every address of this machine but those on loopback, in the system's order. */
export function survey({ interfaces, sources }: Networks): Found[] {
  // an IPv6 source may be an address of another interface than the one that packets leave by (RFC 6724, rule 5)
  const way = sources.find((source) => !source.includes(':')) ?? sources[0]
  return interfaces.flatMap(({ name, kind, addresses }) => {
    const neighbours = addresses.map(({ host }) => host)
    const routed = way !== undefined && neighbours.includes(way)
    const found = addresses.map(({ host, prefix }): Found & Fact => {
      const parsed = ipaddr.parse(host)
      const version = parsed.kind() === 'ipv4' ? 4 : 6
      const subnet = subnetOf(host, prefix, version)
      const source = sources.includes(host)
      const fact = {
        interface: name,
        host,
        prefix,
        version,
        subnet,
        source,
        routed,
        kind,
        neighbours,
      } as const
      const range = parsed.range()
      return { ...fact, range, against: rules.filter(({ applies }) => applies({ ...fact, range })) }
    })
    return found.filter(({ range }) => kind !== 'loopback' && range !== 'loopback')
  })
}

const overruled: Readonly<Record<Named, readonly Named[]>> = {
  nothing: [],
  interface: ['interface'],
  address: ['interface', 'address'],
}

/** What still speaks against it when a user has named that much. */
export function objections({ against }: Found, named: Named): Rule[] {
  return against.filter(({ unless }) => !unless || !overruled[named].includes(unless))
}

/** Never wider than what is private: a tunnel may have a netmask of 0, and then everybody would be the audience. */
function subnetOf(host: string, prefix: number, version: 4 | 6): string {
  const family = version === 4 ? ipaddr.IPv4 : ipaddr.IPv6
  const within = blocks.find((block) => block.version === version && inside(host, block.network))
  const bits = Math.max(prefix, Number(within?.network.split('/')[1] ?? 0))
  return `${family.networkAddressFromCIDR(`${host}/${bits}`)}/${bits}`
}

/** RFC 1918, 3927, 4193 */
const blocks = [
  { network: '10.0.0.0/8', version: 4 },
  { network: '172.16.0.0/12', version: 4 },
  { network: '192.168.0.0/16', version: 4 },
  { network: '169.254.0.0/16', version: 4 },
  { network: 'fc00::/7', version: 6 },
]

function isPublic(host: string): boolean {
  const address = ipaddr.parse(host)
  return address.kind() === 'ipv4' && address.range() === 'unicast'
}

function inside(host: string, network: string): boolean {
  return ipaddr.parse(host).match(ipaddr.parseCIDR(network))
}
