import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync } from 'node:fs'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { kindOfName } from './kind.ts'
import type { NetworkInterface, Networks } from './lan.ts'

type Kind = NetworkInterface['kind']

/** The networks of this machine now. Never throws; nothing is sent. */
export async function readNetworks(): Promise<Networks> {
  const [four, six] = await Promise.all([source('udp4', '198.41.0.4'), source('udp6', '2001:503:ba3e::2:30')])
  return {
    interfaces: Object.entries(list()).map(([name, all = []]) => ({
      name,
      kind: all.some(({ internal }) => internal) ? 'loopback' : kindOf(name),
      addresses: all.map(({ address, cidr, family }) => ({
        host: bare(address),
        prefix: Number(cidr?.split('/')[1] ?? (family === 'IPv4' ? 32 : 128)),
      })),
    })),
    sources: [four, six].filter((host) => host !== undefined),
  }
}

/** It fails where an app may not see them: on Android 11, https://github.com/termux/termux-packages/issues/10868 */
function list(): NodeJS.Dict<NetworkInterfaceInfo[]> {
  try {
    return networkInterfaces()
  } catch {
    return {}
  }
}

/**
 * The address from which the system would send something there. A UDP socket that connects only asks for the route:
 * https://man7.org/linux/man-pages/man2/connect.2.html. The destination is a.root-servers.net, since an address for
 * documentation (192.0.2.0/24 and the like) may be somebody's own network, which the default route doesn't lead to.
 */
function source(type: 'udp4' | 'udp6', destination: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const socket = createSocket({
    type,
    lookup: (host, _, answer) => answer(null, host, type === 'udp4' ? 4 : 6),
  })
  socket.once('connect', () => resolve(bare(socket.address().address)))
  socket.once('error', () => resolve(undefined)) // no route, or no such family
  socket.connect(53, destination)
  return promise.finally(() => socket.close())
}

/** Windows and macOS write the interface behind a link-local address. */
function bare(host: string): string {
  return host.replace(/%.*/, '')
}

function kindOf(name: string): Kind {
  return (process.platform === 'linux' ? kindInSysfs(name) : undefined) ?? kindOfName(name)
}

/**
 * What Linux knows about it; `undefined` for what is only a name there, a veth or a VMware network for example, or
 * where /sys shows another network namespace.
 * https://docs.kernel.org/admin-guide/abi-testing.html: /sys/class/net
 */
function kindInSysfs(name: string): Kind | undefined {
  const directory = `/sys/class/net/${name.replace(/:.*/, '')}` // eth0:1 is a second address of eth0
  try {
    const entries = readdirSync(directory)
    if (entries.includes('bridge')) return 'bridge'
    const type = Number(readFileSync(`${directory}/type`, 'utf8'))
    const [, device = ''] = readFileSync(`${directory}/uevent`, 'utf8').match(/^DEVTYPE=(.*)$/m) ?? []
    if (entries.includes('tun_flags') || tunnelTypes.has(type) || tunnelDevices.has(device)) return 'tunnel'
    return entries.includes('device') || device !== '' ? 'ordinary' : undefined
  } catch {
    return undefined
  }
}

/**
 * PPP, SLIP, raw IP of a mobile network, IP in IP, IPv6 in IPv6, 6to4, GRE, GRE over IPv6, none (tun, WireGuard).
 * https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/if_arp.h
 */
const tunnelTypes: ReadonlySet<number> = new Set([
  256, 257, 258, 259, 512, 519, 768, 769, 776, 778, 823, 65534,
])

/** https://github.com/torvalds/linux: SET_NETDEV_DEVTYPE and `device_type` in drivers/net */
const tunnelDevices: ReadonlySet<string> = new Set([
  'wireguard',
  'vxlan',
  'geneve',
  'gtp',
  'ppp',
  'wwan',
  'bareudp',
])
