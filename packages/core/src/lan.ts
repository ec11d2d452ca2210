import { parseAddress } from './address.ts'
import { DevlaunchError } from './errors.ts'
import { quote } from './quote.ts'
import { refuse } from './refuse.ts'
import { type Found, type Named, objections, survey } from './survey.ts'

/** A network of this machine, as the system shows it. */
export interface NetworkInterface {
  readonly name: string
  /**
   * `bridge`: software that joins interfaces (Docker's, a hypervisor's, or a host's own); `tunnel`: a VPN's and the
   * like, whose other end is somewhere else; `loopback`; `ordinary`: a card, or what looks like one.
   */
  readonly kind: 'ordinary' | 'bridge' | 'tunnel' | 'loopback'
  readonly addresses: readonly InterfaceAddress[]
}

export interface InterfaceAddress {
  /** Numeric, without an interface behind it. */
  readonly host: string
  /** Bits of the network: 24 in `192.168.1.20/24`. */
  readonly prefix: number
}

/** What an address is chosen from. */
export interface Networks {
  readonly interfaces: readonly NetworkInterface[]
  /** The addresses from which this machine would reach the internet, at most one of each family. */
  readonly sources: readonly string[]
}

/** The one address to serve on, and why no other. */
export interface Lan {
  /** The interface's name. */
  readonly interface: string
  readonly host: string
  /** Whose devices may connect: `192.168.1.0/24`. It is never a single address. */
  readonly subnet: string
  /** Does this machine reach the internet by that interface? */
  readonly routed: boolean
  readonly passedOver: readonly PassedOver[]
}

export interface PassedOver extends InterfaceAddress {
  readonly interface: string
  /** `a bridge of containers or virtual machines`, for example. */
  readonly reason: string
}

/**
 * The one private address to serve on. `true`: that of the network by which this machine reaches the internet, or the
 * only other one. A name: that of this interface. An address: that one, if this machine has it.
 *
 * Private are 10/8, 172.16/12 and 192.168/16 (RFC 1918), and fc00::/7 where there is no IPv4 to choose. It is never a
 * wildcard, public, shared by a carrier (100.64/10), or alone in its network (`/32`): the devices of a network are the
 * audience, and there it would be nobody. A tunnel is chosen only by name, and so is a bridge that isn't this
 * machine's own way to the internet.
 * @throws DevlaunchError `REFUSED` where no such address is there, or several are; `USAGE` where nothing is called like
 * the wish, or where it is this machine itself. It says what there is.
 */
export function chooseLan(wish: true | string, networks: Networks): Lan {
  const found = survey(networks)
  const { named, these } =
    wish === true ? { named: 'nothing' as const, these: found } : meant(wish, networks, found)
  const chosen = pick(these, named)
  if (!chosen) throw refuse(wish, named, these, candidates(these, named))
  return {
    interface: chosen.interface,
    host: chosen.host,
    subnet: chosen.subnet,
    routed: chosen.routed,
    passedOver: found
      .filter((one) => one !== chosen)
      .map((one) => ({
        interface: one.interface,
        host: one.host,
        prefix: one.prefix,
        reason: why(one, chosen),
      })),
  }
}

/** `undefined` where there is none, or where there are several and nothing says which. */
function pick(these: readonly Found[], named: Named): Found | undefined {
  const [first, ...rest] = candidates(these, named)
  return first && rest.every((one) => one.interface === first.interface && one.subnet === first.subnet)
    ? first
    : undefined
}

/** IPv4 before IPv6; before the others, what leads to the internet. */
function candidates(these: readonly Found[], named: Named): readonly Found[] {
  const all = these.filter((one) => objections(one, named).length === 0)
  const four = all.filter(({ version }) => version === 4)
  const family = four.length > 0 ? four : all
  const best = [family.filter(({ source }) => source), family.filter(({ routed }) => routed)]
  return best.find((some) => some.length > 0) ?? family
}

function why(one: Found, chosen: Found): string {
  const [rule] = one.against
  if (rule) return rule.reason
  if (one.version === 6 && chosen.version === 4) return 'IPv6; there is an IPv4 address'
  return one.interface === chosen.interface ? 'another address of this interface' : 'another network'
}

/** What a user means by a name or an address. */
function meant(wish: string, { interfaces }: Networks, found: readonly Found[]) {
  const named = interfaces.find(({ name }) => name === wish)
  if (named?.kind === 'loopback') throw itself(wish)
  if (named) return { named: 'interface' as const, these: found.filter((one) => one.interface === wish) }
  const host = wish.trim() === '' ? undefined : parseAddress(wish.replace(/%[^\]]*/, ''))?.host
  if (host === undefined) throw unknown(wish, 'interface', [...new Set(found.map((one) => one.interface))])
  if (host === '0.0.0.0' || host === '::') throw everywhere(host)
  const these = found.filter((one) => parseAddress(one.host)?.host === host)
  const own = interfaces.some(
    ({ kind, addresses }) => kind === 'loopback' && addresses.some((address) => address.host === host),
  )
  if (own || parseAddress(host)?.reach === 'loopback') throw itself(wish)
  if (these.length === 0) throw unknown(wish, 'address', [...new Set(found.map((one) => one.host))])
  return { named: 'address' as const, these }
}

function itself(wish: string): DevlaunchError {
  return new DevlaunchError(
    'USAGE',
    `--lan: ${quote(wish)} is this machine itself, which no other device can reach`,
    {
      hint: 'leave out --lan: the server is on 127.0.0.1 then',
    },
  )
}

function unknown(wish: string, thing: string, there: readonly string[]): DevlaunchError {
  const summary = `--lan: this machine has no ${thing} ${quote(wish)}`
  return new DevlaunchError('USAGE', summary, {
    hint:
      there.length > 0 ? `choose one that there is: ${there.join(', ')}` : 'join a network: there is none',
  })
}

function everywhere(host: string): DevlaunchError {
  return new DevlaunchError('REFUSED', `--lan serves on one address; ${host} is every one of this machine`, {
    hint: `leave out =${host}, or name an interface. For every network: --host ${host} --allow public-bind`,
  })
}
