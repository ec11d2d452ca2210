import * as fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, test } from 'vitest'
import { DevlaunchError } from '../src/errors.ts'
import { kindOfName } from '../src/kind.ts'
import { chooseLan, type Networks } from '../src/lan.ts'
import { machines, networks } from './machines.ts'

describe('the one address of', () => {
  test.each(machines)('$name ($source)', ({ networks, lan, passedOver }) => {
    const said = outcome(true, networks)
    if (said instanceof DevlaunchError) {
      expect(said).toMatchObject({ code: 'REFUSED', summary: expect.stringContaining(lan) })
      return
    }
    expect(`${said.host} ${said.interface} ${said.subnet}`).toBe(lan)
    expect(said.passedOver.map(({ host, reason }) => `${host}: ${reason}`)).toEqual(passedOver)
  })

  test.each(machines.filter(({ system }) => system !== 'linux'))(
    '$name: the kinds follow from the names',
    (machine) => {
      const seen = machine.networks.interfaces.filter(({ kind }) => kind !== 'loopback')
      expect(seen.map(({ name }) => kindOfName(name))).toEqual(seen.map(({ kind }) => kind))
    },
  )

  test('each reason fits into a table', () => {
    for (const machine of machines) {
      const said = outcome(true, machine.networks)
      const reasons = said instanceof DevlaunchError ? [] : said.passedOver.map(({ reason }) => reason.length)
      expect(Math.max(0, ...reasons)).toBeLessThanOrEqual(42)
    }
  })
})

const laptop = networks(`
  lo         | loopback | 127.0.0.1/8 10.255.255.254/32 ::1/128
  wlan0      | ordinary | 192.168.1.23/24* 2003:db:1::23/64* fd12:3456::23/64 fe80::23/64
  eth1       | ordinary | 10.0.0.5/24 10.0.1.5/24
  docker0    | bridge   | 172.17.0.1/16
  wg0        | tunnel   | 10.8.0.2/24
  wg1        | tunnel   | 10.9.0.2/32
  tailscale0 | tunnel   | 100.101.102.103/32 fd7a:115c:a1e0::1/128 fe80::7/64
  cable      | ordinary | 169.254.3.4/16
  Wi-Fi 2    | ordinary | 192.168.7.7/24
`)

describe('what a user names is served on', () => {
  test.each([
    ['wlan0', '192.168.1.23', '192.168.1.0/24'],
    ['docker0', '172.17.0.1', '172.17.0.0/16'],
    ['wg0', '10.8.0.2', '10.8.0.0/24'],
    ['Wi-Fi 2', '192.168.7.7', '192.168.7.0/24'],
    ['10.0.1.5', '10.0.1.5', '10.0.1.0/24'],
    ['0xa.0.1.5', '10.0.1.5', '10.0.1.0/24'],
    ['172.17.0.1', '172.17.0.1', '172.17.0.0/16'],
    ['169.254.3.4', '169.254.3.4', '169.254.0.0/16'],
    ['fd12:3456::23', 'fd12:3456::23', 'fd12:3456::/64'],
    ['[FD12:3456:0::23]', 'fd12:3456::23', 'fd12:3456::/64'],
  ])('%s', (wish, host, subnet) => {
    expect(outcome(wish, laptop)).toMatchObject({ host, subnet })
  })

  test('everything else is passed over', () => {
    const said = outcome('docker0', laptop)
    expect(said).not.toBeInstanceOf(DevlaunchError)
    const reasons = said instanceof DevlaunchError ? [] : said.passedOver
    expect(reasons).toHaveLength(13)
    expect(reasons[0]).toEqual({
      interface: 'wlan0',
      host: '192.168.1.23',
      prefix: 24,
      reason: 'another network',
    })
  })
})

describe('or it is refused', () => {
  test.each([
    ['eth7', 'USAGE', 'no interface "eth7"', 'wlan0, eth1, docker0'],
    ['', 'USAGE', 'no interface ""', 'wlan0'],
    ['10.0.0.6', 'USAGE', 'no address "10.0.0.6"', '10.0.0.5, 10.0.1.5'],
    ['lo', 'USAGE', 'is this machine itself', 'leave out --lan'],
    ['localhost', 'USAGE', 'is this machine itself', 'leave out --lan'],
    ['127.0.0.1', 'USAGE', 'is this machine itself', 'leave out --lan'],
    ['10.255.255.254', 'USAGE', 'is this machine itself', 'leave out --lan'],
    ['*', 'REFUSED', '0.0.0.0 is every one', '--host 0.0.0.0 --allow public-bind'],
    ['::', 'REFUSED', ':: is every one', '--host :: --allow public-bind'],
    ['2003:db:1::23', 'REFUSED', 'it is public', '--host 2003:db:1::23 --allow public-bind'],
    ['100.101.102.103', 'REFUSED', 'carrier-grade NAT', '--host 100.101.102.103 --allow public-bind'],
    [
      'tailscale0',
      'REFUSED',
      '"tailscale0" has no private address',
      '--host 100.101.102.103 --allow public-bind',
    ],
    ['fe80::23', 'REFUSED', 'which no URL can have', 'another kind'],
    ['fe80::23%wlan0', 'REFUSED', 'which no URL can have', 'another kind'],
    ['wg1', 'REFUSED', 'alone in its network (/32)', '--host 10.9.0.2 --allow lan-bind'],
    ['cable', 'REFUSED', 'link-local', '--lan=169.254.3.4'],
    ['eth1', 'REFUSED', '"eth1" has several private addresses', '--lan=10.0.0.5 or --lan=10.0.1.5'],
  ])('%s: %s', (wish, code, summary, hint) => {
    expect(outcome(wish, laptop)).toMatchObject({
      code,
      summary: expect.stringContaining(summary),
      hint: expect.stringContaining(hint),
    })
  })

  test('with what there is, where nothing can be chosen', () => {
    const server = networks(`
      eth0    | ordinary | 159.65.7.8/20* fe80::1/64
      docker0 | bridge   | 172.17.0.1/16
    `)
    expect(String(outcome(true, server))).toMatchInlineSnapshot(`
      "DevlaunchError: --lan: this machine has no private address to serve on

        eth0     159.65.7.8/20  public
        eth0     fe80::1/64     link-local
        docker0  172.17.0.1/16  a bridge of containers or virtual machines

      what to do: --lan=docker0 if that is the network you mean; without --lan it is on 127.0.0.1"
    `)
  })

  test('with those of which each would do', () => {
    const two = networks(`
      eth0    | ordinary | 192.168.1.5/24
      Wi-Fi 2 | ordinary | 192.168.2.5/24
      tun0    | tunnel   | 10.8.0.6/24*
    `)
    expect(String(outcome(true, two))).toMatchInlineSnapshot(`
      "DevlaunchError: --lan: this machine is in several networks, and none of them is its way to the internet

        eth0     192.168.1.5/24
        Wi-Fi 2  192.168.2.5/24

      what to do: say which one: --lan=eth0 or --lan="Wi-Fi 2""
    `)
  })
})

const address = fc.oneof(
  fc
    .constantFrom('10', '172', '192', '169', '100', '127', '8')
    .chain((first) =>
      fc
        .tuple(fc.constantFrom(0, 16, 31, 64, 127, 168, 254), fc.nat(255), fc.nat(255))
        .map((rest) => [first, ...rest].join('.')),
    ),
  fc.ipV4(),
  fc
    .constantFrom('fd', 'fc', 'fe80', '2003', 'fd7a:115c:a1e0')
    .chain((first) =>
      fc
        .integer({ min: 1, max: 0xffff })
        .map((last) => ipaddr.parse(`${first.padEnd(4, '0')}::${last.toString(16)}`).toString()),
    ),
)

const list: fc.Arbitrary<Networks> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('ordinary', 'bridge', 'tunnel', 'loopback'),
      hosts: fc.array(address, { maxLength: 4 }),
      bits: fc.nat(128),
    }),
    { maxLength: 6 },
  )
  .chain((all) => {
    const interfaces = all.map(({ kind, hosts, bits }, index) => ({
      name: `if${index}`,
      kind,
      addresses: hosts.map((host) => ({ host, prefix: host.includes(':') ? bits : bits % 33 })),
    }))
    const hosts = interfaces.flatMap(({ addresses }) => addresses.map(({ host }) => host))
    return fc.record({
      interfaces: fc.constant(interfaces),
      sources: fc.shuffledSubarray(hosts, { maxLength: Math.min(2, hosts.length) }),
    })
  })

test.each([
  ['192.168.1.5/8', '192.168.0.0/16'],
  ['10.8.0.2/0', '10.0.0.0/8'],
  ['fd12::1/3', 'fc00::/7'],
])('a netmask that takes in strangers is narrowed: %s', (address, subnet) => {
  expect(outcome(true, networks(`eth0 | ordinary | ${address}`))).toMatchObject({ subnet })
})

test('whatever the list, it is private and its own, and nothing of somebody else without being named', () => {
  let chosen = 0
  fc.assert(
    fc.property(list, (networks) => {
      const said = outcome(true, networks)
      if (said instanceof DevlaunchError) {
        expect(said.code).toBe('REFUSED')
        return
      }
      chosen += 1
      const { host, interface: name, subnet } = said
      const range = ipaddr.parse(host).range()
      expect(['private', 'uniqueLocal']).toContain(range)
      const own = networks.interfaces.find((one) => one.name === name)
      expect(own?.addresses.map((one) => one.host)).toContain(host)
      expect(['ordinary', 'bridge']).toContain(own?.kind)
      const routed = own?.addresses.some((one) => networks.sources.includes(one.host))
      expect(own?.kind === 'ordinary' || routed).toBe(true)
      expect(ipaddr.parse(host).match(ipaddr.parseCIDR(subnet) as never)).toBe(true)
      expect(subnet).not.toMatch(/:.*\/128$|\.\d+\/32$/)
      const [first = ''] = subnet.split('/')
      const last = first.includes(':') ? first : ipaddr.IPv4.broadcastAddressFromCIDR(subnet).toString()
      expect([first, last].map((end) => ipaddr.parse(end).range())).toEqual([range, range])
      const all = networks.interfaces
        .filter(({ kind }) => kind !== 'loopback')
        .flatMap(({ addresses }) => addresses)
      const visible = all.filter((one) => ipaddr.parse(one.host).range() !== 'loopback')
      expect(said.passedOver).toHaveLength(visible.length - 1)
    }),
    { numRuns: 2000 },
  )
  expect(chosen).toBeGreaterThan(200)
})

test('whatever is named, the answer is an address that is private or link-local, or a DevlaunchError', () => {
  const wish = fc.oneof(address, fc.string(), fc.constantFrom('if0', 'if1', '*', '::', '0', 'lo'))
  fc.assert(
    fc.property(list, wish, (networks, word) => {
      const said = outcome(word, networks)
      if (said instanceof DevlaunchError) {
        expect(['USAGE', 'REFUSED']).toContain(said.code)
        return
      }
      const range = ipaddr.parse(said.host).range()
      expect(['private', 'uniqueLocal', 'linkLocal']).toContain(range)
      expect(range === 'linkLocal' && said.host.includes(':')).toBe(false)
    }),
    { numRuns: 2000 },
  )
})

function outcome(wish: true | string, networks: Networks) {
  try {
    return chooseLan(wish, networks)
  } catch (error) {
    if (error instanceof DevlaunchError) return error
    throw error
  }
}
