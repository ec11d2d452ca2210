import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Lan, Networks } from '../src/lan.ts'

/** What a process sees in a network of its own. */
interface Seen {
  readonly networks: Networks
  readonly lan: Lan | string
  /** Milliseconds of the first question, and of the slowest of ten more. */
  readonly first: number
  readonly later: number
}

const looks = `
  import { readNetworks } from ${JSON.stringify(new URL('../src/networks.ts', import.meta.url).href)}
  import { chooseLan } from ${JSON.stringify(new URL('../src/lan.ts', import.meta.url).href)}
  const time = async () => {
    const from = performance.now()
    await readNetworks()
    return performance.now() - from
  }
  const first = await time()
  let later = 0
  for (let i = 0; i < 10; i++) later = Math.max(later, await time())
  const networks = await readNetworks()
  let lan
  try { lan = chooseLan(true, networks) } catch (error) { lan = error.summary }
  console.log(JSON.stringify({ networks, lan, first, later }))
`

/** A tunnel runs, and so is listed, while somebody holds it open. */
const holds = `
import fcntl, os, struct, sys
for name, flags in (("corp0", 0x1001), ("corp1", 0x1002)):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH", name.encode(), flags))
    os.set_inheritable(fd, True)
os.execvp("sh", ["sh", "-ec", sys.argv[1]])
`

const rights = process.getuid?.() === 0 ? [] : ['--map-root-user']

/** Runs the commands in a network namespace that ends with them, and looks from there. */
function see(commands: string): Seen {
  const node = [
    process.execPath,
    '--conditions=@devlaunch/source',
    '--input-type=module',
    '-e',
    '"$LOOKS"',
  ].join(' ')
  const script = `mount -t sysfs sysfs /sys\n${commands}\nexec ${node}`
  const { status, stdout, stderr, error } = spawnSync(
    'unshare',
    [...rights, '--net', '--mount', 'python3', '-I', '-c', holds, script],
    {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...process.env, LOOKS: looks },
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    },
  )
  if (status !== 0) {
    throw new Error(`This test needs network namespaces (unshare, ip, /dev/net/tun): ${error ?? stderr}`)
  }
  return JSON.parse(stdout) as Seen
}

/** A laptop whose interfaces have names that don't tell what they are. */
const laptop = `
  ip link set lo up
  ip link add wifi0 type veth peer name peer0
  ip link add eth7 type bridge
  ip link add docker9 type veth peer name peer9
  ip link set peer9 master eth7
  for name in wifi0 peer0 eth7 docker9 peer9 corp0 corp1; do ip link set $name up; done
  ip addr add 192.168.1.23/24 dev wifi0
  ip addr add fd12:3456::23/64 dev wifi0 nodad
  ip addr add 172.17.0.1/16 dev eth7
  ip addr add 172.30.0.1/16 dev docker9
  ip addr add 10.8.0.2/24 dev corp0
  ip addr add 10.9.0.2/24 dev corp1
`

const kinds = ({ networks }: Seen) =>
  Object.fromEntries(networks.interfaces.map(({ name, kind }) => [name, kind]))

test('what the system knows about an interface beats its name', () => {
  const seen = see(laptop)
  expect(kinds(seen)).toMatchObject({
    lo: 'loopback',
    wifi0: 'ordinary',
    eth7: 'bridge',
    docker9: 'bridge',
    corp0: 'tunnel',
    corp1: 'tunnel',
  })
  const wifi = seen.networks.interfaces.find(({ name }) => name === 'wifi0')
  expect(wifi?.addresses).toContainEqual({ host: '192.168.1.23', prefix: 24 })
  expect(wifi?.addresses).toContainEqual({ host: 'fd12:3456::23', prefix: 64 })
})

test('kinds of tunnels that this kernel has', () => {
  const types = [
    'wireguard',
    'gre local 192.168.1.23',
    'ipip local 192.168.1.23',
    'sit local 192.168.1.23',
    'vxlan id 5 dstport 4789',
  ]
  const made = types.map((type, index) => {
    const name = `net${index}`
    return `if ip link add ${name} type ${type} 2>/dev/null; then ip addr add 10.7.${index}.2/24 dev ${name}; ip link set ${name} up; fi`
  })
  const seen = see(`${laptop}\n${made.join('\n')}`)
  const tunnels = Object.entries(kinds(seen)).filter(([name]) => name.startsWith('net'))
  expect(tunnels.length).toBeGreaterThan(0)
  expect(tunnels.filter(([, kind]) => kind !== 'tunnel')).toEqual([])
})

test('the way to the internet is found, and leads to the address', () => {
  const seen = see(`${laptop}\nip route add default via 192.168.1.1\nip route add default via fd12:3456::1`)
  expect(seen.networks.sources).toEqual(['192.168.1.23', 'fd12:3456::23'])
  expect(seen.lan).toMatchObject({ host: '192.168.1.23', interface: 'wifi0', subnet: '192.168.1.0/24' })
})

test('a way through a tunnel is no way to a phone', () => {
  const seen = see(
    `${laptop}\nip route add default via 192.168.1.1\nip route add 0.0.0.0/1 dev corp0\nip route add 128.0.0.0/1 dev corp0`,
  )
  expect(seen.networks.sources).toEqual(['10.8.0.2'])
  expect(seen.lan).toMatchObject({ host: '192.168.1.23', interface: 'wifi0' })
})

test('a bridge that is the way to the internet is this machine in its network', () => {
  const seen = see(`${laptop}\nip route add default via 172.17.0.9`)
  expect(seen.networks.sources).toEqual(['172.17.0.1'])
  expect(seen.lan).toMatchObject({ host: '172.17.0.1', interface: 'eth7', subnet: '172.17.0.0/16' })
})

test('without a way to the internet, the only network is taken', () => {
  const seen = see(laptop)
  expect(seen.networks.sources).toEqual([])
  expect(seen.lan).toMatchObject({ host: '192.168.1.23' })
})

test('nothing is there, not even loopback', () => {
  const seen = see('')
  expect(seen.networks).toEqual({ interfaces: [], sources: [] })
  expect(seen.lan).toContain('no private address')
})

test('without IPv6', () => {
  const seen = see(`sysctl -qw net.ipv6.conf.all.disable_ipv6=1\nip link set lo up`)
  expect(seen.networks.sources).toEqual([])
})

test('it takes no time, however many interfaces there are', () => {
  const many = Array.from({ length: 60 }, (_, index) => [
    `link add veth${index} type veth peer name v${index}`,
    `link set veth${index} up`,
    `link set v${index} up`,
    `addr add 10.200.${index}.1/24 dev veth${index}`,
  ])
  const seen = see(`${laptop}\nip -batch - <<EOF\n${many.flat().join('\n')}\nEOF`)
  expect(seen.networks.interfaces.length).toBeGreaterThan(60)
  expect(seen.first).toBeLessThan(3000)
  expect(seen.later).toBeLessThan(3000)
})
