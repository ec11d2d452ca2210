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
  /** Pages that run code for whoever opens them. Default `false`. */
  readonly debugger: boolean
  /** Restart when a source file changes. Default `false` in the library; a command line follows the adapter. */
  readonly reload: boolean
  /** Believe a client's own X-Forwarded-* headers when it connects from this machine. Default `false`. */
  readonly proxyHeaders: boolean
  /** Host names the app should answer to: the address it listens on; none that is known where that is every one. */
  readonly allowedHosts: readonly string[]
  /** Let the server read `.env` files by itself, those of parent folders included. Default `false`. */
  readonly dotenv: boolean
  /** Seconds an open request may take to end after a stop. Default 1: gunicorn and uvicorn then end within 2 s, whatever a request does. */
  readonly grace: number
}

/** What an adapter answers for: everything but `reach`, which only the kernel can answer. */
export type Enforced = Omit<Policy, 'reach'>

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
  /** The server's debugger and debug mode. On loopback no risk has to be accepted. Default `false`. */
  readonly debug?: boolean
  /** Restart when a source file changes. Default `false`. */
  readonly reload?: boolean
}

/**
 * The policy that these wishes add up to.
 * @throws DevlaunchError `REFUSED`, naming every risk that was not accepted.
 */
export function resolvePolicy(wishes: Wishes, address: Address, port: number): Policy {
  const { allow = [], debug = false, reload = false } = wishes
  const wildcard = address.host === '0.0.0.0' || address.host === '::'
  const wide = address.reach !== 'loopback'
  const refused: Risk[] = []
  if (wide && !allow.includes('public-bind') && !(address.reach === 'lan' && allow.includes('lan-bind'))) {
    refused.push(address.reach === 'lan' ? 'lan-bind' : 'public-bind')
  }
  if (wide && debug && !allow.includes('debugger')) refused.push('debugger')
  if (refused.length > 0) throw refusal(refused, authority(address.host, port))
  return {
    bind: { host: address.host, port, authority: authority(address.host, port) },
    reach: address.reach,
    debugger: debug,
    reload,
    proxyHeaders: allow.includes('proxy-headers'),
    allowedHosts: wildcard ? [] : [address.host],
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
