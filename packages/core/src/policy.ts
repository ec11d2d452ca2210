import { type Address, authority, type Reach } from './address.ts'
import { DevlaunchError } from './errors.ts'

/** Where the server listens. */
export interface Bind {
  /** A numeric address, without brackets. Default `127.0.0.1`. */
  readonly host: string
  /** 1 to 65535, chosen by us: a server never gets port 0. */
  readonly port: number
  /** `host:port` as it stands in a URL, an IPv6 host in brackets. */
  readonly authority: string
}

/** The decisions of one launch. A field added here must be answered by every adapter (see `Adapter.enforce`). */
export interface Policy {
  readonly bind: Bind
  /**
   * Who can connect to `bind`. The guard accepts sockets on loopback and the one at `bind`, and ends the server for
   * any other, whatever this says. Default `loopback`.
   */
  readonly reach: Reach
  /**
   * The only network whose packets the server gets, besides this machine's own: `192.168.1.0/24`. The kernel drops the
   * others, also those that another network of this machine routes to `bind` (Linux). Default: none, whoever can reach
   * `bind` may.
   */
  readonly subnet: string | undefined
  /** Pages that run code for whoever opens them. Default `false`. */
  readonly debugger: boolean
  /** Restart when a source file changes. Default `false` in the library; a command line follows the adapter. */
  readonly reload: boolean
  /** Believe a client's own X-Forwarded-* headers when it connects from this machine. Default `false`. */
  readonly proxyHeaders: boolean
  /**
   * What a client may write into its `Host` header, port included: `127.0.0.1:8000`. The address that the server listens
   * on; none that is known where that is every one.
   */
  readonly allowedHosts: readonly string[]
  /** Let the server read `.env` files by itself, those of parent folders included. Default `false`. */
  readonly dotenv: boolean
  /** Seconds an open request may take to end after a stop. Default 1: gunicorn and uvicorn then end within 2 s, whatever a request does. */
  readonly grace: number
}

/** What an adapter answers for: everything but what only the kernel can answer. */
export type Enforced = Omit<Policy, 'reach' | 'subnet'>

/** One word is the CLI's `--allow`, the error's detail and the anchor in docs/policy.md. */
export type Risk = 'lan-bind' | 'public-bind' | 'debugger' | 'proxy-headers' | 'dotenv'

export const risks: Readonly<Record<Risk, string>> = {
  'lan-bind': 'Everybody on the same network can reach the server.',
  'public-bind': 'Everybody who can route a packet to this machine can reach the server.',
  debugger: 'Whoever reaches the debugger runs code as you.',
  'proxy-headers': 'A client can forge its own address and scheme.',
  dotenv: 'A .env file, also of a parent folder, can change what runs.',
}

/** What a user can wish for; everything else follows. */
export interface Wishes {
  /** Risks accepted by name. Default: none. */
  readonly allow?: readonly Risk[]
  /**
   * Serve on one private address of this machine, for the devices of that network alone: `true` for the one of the
   * network that this machine reaches the internet by, or the name of an interface, or an address. It accepts
   * `lan-bind`. Default: loopback.
   */
  readonly lan?: boolean | string
  /** The server's debugger and debug mode. On loopback no risk has to be accepted. Default `false`. */
  readonly debug?: boolean
  /** Restart when a source file changes. Default `false`. */
  readonly reload?: boolean
  /** What a client may write into its `Host` header beside the address that it listens on: a proxy's, for example. */
  readonly hosts?: readonly string[]
}

/**
 * The policy that these wishes add up to.
 * @throws DevlaunchError `REFUSED`, naming every risk that was not accepted.
 */
export function resolvePolicy(
  wishes: Wishes,
  address: Address & { readonly subnet?: string },
  port: number,
): Policy {
  const { allow = [], lan = false, debug = false, reload = false, hosts = [] } = wishes
  const wildcard = address.host === '0.0.0.0' || address.host === '::'
  const wide = address.reach !== 'loopback'
  const refused: Risk[] = []
  const onLan = address.reach === 'lan' && (lan !== false || allow.includes('lan-bind'))
  if (wide && !allow.includes('public-bind') && !onLan) {
    refused.push(address.reach === 'lan' ? 'lan-bind' : 'public-bind')
  }
  if (wide && debug && !allow.includes('debugger')) refused.push('debugger')
  if (refused.length > 0) throw refusal(refused, authority(address.host, port))
  const bind = { host: address.host, port, authority: authority(address.host, port) }
  return {
    bind,
    reach: address.reach,
    subnet: address.subnet,
    debugger: debug,
    reload,
    proxyHeaders: allow.includes('proxy-headers'),
    allowedHosts: [...(wildcard ? [] : [bind.authority]), ...hosts],
    dotenv: allow.includes('dotenv'),
    grace: 1,
  }
}

/** The refusal of risks, each with what it means and the word that accepts it. */
export function refusal(refused: readonly Risk[], subject: string): DevlaunchError {
  const reasons = refused.map((risk) => `${risk}: ${risks[risk]}`).join(' ')
  const words = refused.map((risk) => `--allow ${risk}`).join(' ')
  return new DevlaunchError('REFUSED', `refused to serve on ${subject}. ${reasons}`, {
    risks: refused,
    hint: `leave out --host to stay on 127.0.0.1, or accept it: ${words}`,
  })
}
