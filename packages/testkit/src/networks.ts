import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Answer, Caller, type Held, type Request } from './caller.ts'
import { type Listener, listeners } from './kernel.ts'
import { Namespaces } from './namespaces.ts'
import { servers } from './servers.ts'

const run = promisify(execFile)

/** The networks of the machine that is made. Who is on any but the first must never reach what is served there. */
export const networkNames = ['lan', 'docker', 'vpn', 'second', 'public'] as const
export type NetworkName = (typeof networkNames)[number]

/** This machine's addresses: on each network, and the phone's beside it. */
interface Place {
  readonly link: string
  readonly machine: string
  readonly phone: string
  readonly prefix: number
  readonly v6?: { readonly machine: string; readonly phone: string }
}

export const places: Readonly<Record<NetworkName, Place>> = {
  lan: {
    link: 'eth1',
    machine: '192.168.1.23',
    phone: '192.168.1.50',
    prefix: 24,
    v6: { machine: 'fd12:3456:789a:1::23', phone: 'fd12:3456:789a:1::50' },
  },
  docker: {
    link: 'docker0',
    machine: '172.17.0.1',
    phone: '172.17.0.2',
    prefix: 16,
    v6: { machine: 'fd17::1', phone: 'fd17::2' },
  },
  vpn: { link: 'tailscale0', machine: '100.64.0.7', phone: '100.64.0.8', prefix: 10 },
  second: {
    link: 'eth2',
    machine: '10.20.30.40',
    phone: '10.20.30.50',
    prefix: 24,
    v6: { machine: 'fd20:30:40::40', phone: 'fd20:30:40::50' },
  },
  public: { link: 'eth3', machine: '203.0.113.50', phone: '203.0.113.9', prefix: 24 },
}

const gateway = '192.168.1.1'
const gateway6 = 'fd12:3456:789a:1::1'
/** Another Wi-Fi that the machine may join. */
const elsewhere = { machine: '192.168.7.77', phone: '192.168.7.50', gateway: '192.168.7.1' }
/** An address of the LAN that everybody outside pretends to have. */
const forged = '192.168.1.99'
/** Somebody on the far side of the LAN's router. */
const beyond = '198.51.100.9'

export interface NetworksOptions {
  /** Default: all of them. */
  readonly only?: readonly NetworkName[]
  /** Has the LAN IPv4? Default `true`; it always has unique local IPv6. */
  readonly ipv4?: boolean
}

/** Somebody in one of the namespaces. */
export interface Phone {
  get(url: string, request?: Request): Promise<Answer>
  /** Reads what never ends. */
  hold(url: string, headers?: Readonly<Record<string, string>>): Promise<Held>
}

interface Machine extends Phone {
  /** What stands before a command that is to run there. */
  readonly prefix: readonly [string, ...string[]]
  run(file: string, args: readonly string[]): Promise<string>
  /** Every socket that takes what comes, whoever's it is. */
  listeners(): Promise<readonly Listener[]>
}

export interface Networks extends AsyncDisposable {
  readonly machine: Machine
  phone(network: NetworkName): Phone
  /** Everybody who must get nothing from this port of the machine's, by every way there is; those who got something. */
  intruders(port: number): Promise<readonly string[]>
  /** The LAN is left. */
  removeAddress(): Promise<void>
  /** It is joined again. */
  addAddress(): Promise<void>
  /** Another one is joined, where the phone is too: this machine's address there. */
  changeAddress(): Promise<string>
}

/**
 * A machine with real networks and somebody on each, in network namespaces, for `await using`. The machine answers on
 * every interface for all of its addresses, as Linux does (`rp_filter` 0), and forwards, as it does with Docker.
 * @throws Error where namespaces can't be made: there is no test without them.
 */
export async function makeNetworks(options: NetworksOptions = {}): Promise<Networks> {
  const { only = networkNames, ipv4 = true } = options
  await using stack = new AsyncDisposableStack()
  const spaces = stack.use(await Namespaces.make(['machine', ...only] as const))
  const python = servers()[0]?.python ?? ''
  const caller = stack.use(new Caller(python))
  await wire(spaces, caller, only, ipv4)
  const kept = stack.move()
  const somebody = (name: NetworkName | 'machine'): Phone => ({
    get: (url, request) => caller.get(spaces.nameOf(name), url, request),
    hold: (url, headers) => caller.hold(spaces.nameOf(name), url, headers),
  })
  const [file, ...prefix] = spaces.prefix('machine')
  return {
    machine: {
      ...somebody('machine'),
      prefix: [file, ...prefix],
      run: async (command, args) => (await run(file, [...prefix, command, ...args])).stdout,
      listeners: async () => listeners(await caller.tables(spaces.nameOf('machine'))),
    },
    phone: somebody,
    intruders: (port) => intrude(somebody, only, port),
    ...roaming(spaces),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function wire(
  spaces: Namespaces<NetworkName | 'machine'>,
  caller: Caller,
  only: readonly NetworkName[],
  ipv4: boolean,
): Promise<void> {
  await caller.configure(spaces.nameOf('machine'), {
    'ipv4/conf/all/rp_filter': '0',
    'ipv4/conf/default/rp_filter': '0',
    'ipv4/conf/all/forwarding': '1',
  })
  if (only.includes('vpn')) {
    await caller.tunnel(spaces.nameOf('machine'), spaces.nameOf('vpn'), places.vpn.link)
  }
  await spaces.ip('machine', [
    'link set lo up',
    ...only.flatMap((name) => machineSide(name, spaces.nameOf(name), ipv4)),
  ])
  await Promise.all(only.map((name) => spaces.ip(name, phoneSide(name))))
}

function machineSide(name: NetworkName, peer: string, ipv4: boolean): string[] {
  const { link, machine, prefix, v6 } = places[name]
  const veth = (name: string) => `link add ${name} type veth peer name eth0 netns ${peer}`
  const made: Record<NetworkName, string[]> = {
    lan: [veth(link)],
    docker: [
      `link add ${link} type bridge`,
      veth('veth0'),
      `link set veth0 master ${link}`,
      'link set veth0 up',
    ],
    vpn: [],
    second: [veth(link)],
    public: [veth(link)],
  }
  const lan = name === 'lan'
  return [
    ...made[name],
    `link set ${link} up`,
    ...(lan && !ipv4 ? [] : [`addr add ${machine}/${prefix} dev ${link}`]),
    ...(v6 ? [`addr add ${v6.machine}/64 dev ${link} nodad`] : []),
    ...(lan && ipv4 ? [`route add default via ${gateway}`] : []),
    ...(lan ? [`route add default via ${gateway6}`] : []),
    // a server in the cloud has no other way out
    ...(name === 'public' ? [`route append default via ${places.public.phone} metric 900`] : []),
  ]
}

function phoneSide(name: NetworkName): string[] {
  const { link, machine, phone, prefix, v6 } = places[name]
  const own = name === 'vpn' ? link : 'eth0'
  const address = `addr add ${phone}/${prefix} dev ${own}`
  const address6 = v6 ? [`addr add ${v6.phone}/64 dev ${own} nodad`] : []
  const start = ['link set lo up', `link set ${own} up`, address, ...address6]
  if (name !== 'lan') {
    const default6 = v6 ? [`route add default via ${v6.machine}`] : []
    const default4 = `route add default ${name === 'vpn' ? `dev ${own}` : `via ${machine}`}`
    return [...start, default4, ...default6, `addr add ${forged}/32 dev lo`]
  }
  const { phone: there, gateway: router } = elsewhere
  const more = [`${gateway}/24`, `${there}/24`, `${router}/24`].map((each) => `addr add ${each} dev ${own}`)
  return [...start, ...more, `addr add ${gateway6}/64 dev ${own} nodad`, `addr add ${beyond}/32 dev lo`]
}

/**
 * Seconds. A server may have no room for so many at once (Python's http.server: 5); a client of Linux knocks again after
 * one second.
 */
const timeout = 1.5

/** Who tried, and at which address, for each that somebody took the connection of. */
async function intrude(
  somebody: (name: NetworkName) => Phone,
  only: readonly NetworkName[],
  port: number,
): Promise<string[]> {
  const tries = triesOf(only).map(async ({ name, to, source }) => {
    const host = to.includes(':') ? `[${to}]` : to
    const answer = await somebody(name).get(`http://${host}:${port}/`, { timeout, ...(source && { source }) })
    const got = answer.status ?? (answer.connected && 'a connection')
    return got ? [`${name}${source ? ` as ${source}` : ''} at ${to}: ${got}`] : []
  })
  return (await Promise.all(tries)).flat()
}

/** Everybody but the phone on the LAN, at every address of this machine. */
export function triesOf(
  only: readonly NetworkName[] = networkNames,
): readonly { readonly name: NetworkName; readonly to: string; readonly source?: string }[] {
  const lan = places.lan
  const addresses = [lan.machine, elsewhere.machine, ...networkNames.map((name) => places[name].machine)]
  const outside = only.filter((name) => name !== 'lan')
  const direct = outside.flatMap((name) => [...new Set(addresses)].map((to) => ({ name, to })))
  const direct6 = outside
    .filter((name) => places[name].v6)
    .flatMap((name) => [lan.v6?.machine ?? '', places[name].v6?.machine ?? ''].map((to) => ({ name, to })))
  const lying = outside.map((name) => ({ name, to: lan.machine, source: forged }))
  const far = only.includes('lan') ? [{ name: 'lan' as const, to: lan.machine, source: beyond }] : []
  return [...direct, ...direct6, ...lying, ...far]
}

function roaming(spaces: Namespaces<NetworkName | 'machine'>) {
  const leave = [`addr flush dev ${places.lan.link} scope global`]
  const join = (host: string, router: string) => [
    `addr add ${host}/24 dev ${places.lan.link}`,
    `route replace default via ${router}`,
  ]
  return {
    removeAddress: () => spaces.ip('machine', leave),
    addAddress: () => spaces.ip('machine', join(places.lan.machine, gateway)),
    changeAddress: async () => {
      await spaces.ip('machine', [...leave, ...join(elsewhere.machine, elsewhere.gateway)])
      return elsewhere.machine
    },
  }
}
