import type { NetworkInterface, Networks } from '../src/lan.ts'

/** A machine as it is met in the field, and what `--lan` makes of it. */
interface Machine {
  readonly name: string
  /** Where machines are seen to have these interfaces. */
  readonly source: string
  readonly system: 'linux' | 'darwin' | 'win32'
  readonly networks: Networks
  /** `address interface subnet`, or the words of a refusal. */
  readonly lan: string
  /** `address: reason` */
  readonly passedOver: readonly string[]
}

/** Each line: name, kind, addresses. An address with a star is where the system would send from. */
export function networks(text: string): Networks {
  const lines = text.trim().split('\n')
  const sources = [...text.matchAll(/(\S+)\/\d+\*/g)].map(([, host = '']) => host)
  return {
    sources,
    interfaces: lines.map((line) => {
      const [name = '', kind, addresses = ''] = line.split('|').map((part) => part.trim())
      return {
        name,
        kind: kind as NetworkInterface['kind'],
        addresses: addresses.split(/\s+/).map((address) => {
          const [host = '', prefix] = address.replace('*', '').split('/')
          return { host, prefix: Number(prefix) }
        }),
      }
    }),
  }
}

const bridge = 'a bridge of containers or virtual machines'
const tunnel = 'a VPN or tunnel'
const four = 'IPv6; there is an IPv4 address'

export const machines: readonly Machine[] = [
  {
    name: 'a laptop with Wi-Fi, Docker and a split VPN',
    source: 'https://docs.docker.com/engine/network/drivers/bridge/ https://www.wireguard.com/quickstart/',
    system: 'linux',
    networks: networks(`
      lo              | loopback | 127.0.0.1/8 ::1/128
      wlp2s0          | ordinary | 192.168.1.23/24* 2003:db:1::23/64* fd12:3456::23/64 fe80::1/64
      docker0         | bridge   | 172.17.0.1/16
      br-4f2a9c1d7e30 | bridge   | 172.18.0.1/16 fe80::42/64
      wg0             | tunnel   | 10.8.0.2/24
    `),
    lan: '192.168.1.23 wlp2s0 192.168.1.0/24',
    passedOver: [
      '2003:db:1::23: public',
      `fd12:3456::23: ${four}`,
      'fe80::1: link-local',
      `172.17.0.1: ${bridge}`,
      `172.18.0.1: ${bridge}`,
      'fe80::42: link-local',
      `10.8.0.2: ${tunnel}`,
    ],
  },
  {
    name: 'the same laptop when everything goes through the VPN',
    source: 'https://www.wireguard.com/netns/#routing-all-your-traffic',
    system: 'linux',
    networks: networks(`
      lo              | loopback | 127.0.0.1/8 ::1/128
      wlp2s0          | ordinary | 192.168.1.23/24 fe80::1/64
      docker0         | bridge   | 172.17.0.1/16
      wg0             | tunnel   | 10.64.12.7/32* fc00:bbbb:bbbb:bb01::1:c06/128*
    `),
    lan: '192.168.1.23 wlp2s0 192.168.1.0/24',
    passedOver: [
      'fe80::1: link-local',
      `172.17.0.1: ${bridge}`,
      `10.64.12.7: ${tunnel}`,
      `fc00:bbbb:bbbb:bb01::1:c06: ${tunnel}`,
    ],
  },
  {
    name: 'Ethernet and Wi-Fi, and everything goes through the VPN',
    source: 'https://github.com/expo/expo/issues/862',
    system: 'linux',
    networks: networks(`
      eth0 | ordinary | 192.168.1.5/24
      wlan0 | ordinary | 192.168.2.5/24
      tun0 | tunnel | 10.8.0.6/24*
    `),
    lan: 'this machine is in several networks',
    passedOver: [],
  },
  {
    name: 'WSL2 behind NAT, with Docker',
    source: 'https://github.com/microsoft/WSL/issues/4192 https://github.com/microsoft/WSL/issues/8804',
    system: 'linux',
    networks: networks(`
      lo      | loopback | 127.0.0.1/8 10.255.255.254/32 ::1/128
      eth0    | ordinary | 172.30.45.15/20* fe80::215:5dff:fedc:ee2d/64
      docker0 | bridge   | 172.17.0.1/16
    `),
    lan: '172.30.45.15 eth0 172.30.32.0/20',
    passedOver: ['fe80::215:5dff:fedc:ee2d: link-local', `172.17.0.1: ${bridge}`],
  },
  {
    name: 'WSL2 with a mirrored network and Tailscale in Windows',
    source:
      'https://github.com/MicrosoftDocs/WSL/issues/1967 https://tailscale.com/kb/1033/ip-and-dns-addresses',
    system: 'linux',
    networks: networks(`
      lo   | loopback | 127.0.0.1/8 10.255.255.254/32 ::1/128
      eth1 | ordinary | 192.168.1.40/24* fe80::40/64
      eth2 | ordinary | 100.101.102.103/32 fd7a:115c:a1e0::1234/48
    `),
    lan: '192.168.1.40 eth1 192.168.1.0/24',
    passedOver: [
      'fe80::40: link-local',
      '100.101.102.103: shared with strangers (carrier-grade NAT)',
      `fd7a:115c:a1e0::1234: ${tunnel}`,
    ],
  },
  {
    name: 'a rented server that has only a public address',
    source: 'https://docs.digitalocean.com/products/droplets/details/private-droplets/',
    system: 'linux',
    networks: networks(`
      lo   | loopback | 127.0.0.1/8 ::1/128
      eth0 | ordinary | 159.65.7.8/20* 2a03:b0c0::1/64* fe80::1/64
    `),
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
  {
    name: 'a rented server to whose private address the internet is sent, beside one in a private cloud',
    source: 'https://www.digitalocean.com/docs/networking/floating-ips/how-to/find-anchor-ips/',
    system: 'linux',
    networks: networks(`
      eth0 | ordinary | 159.65.7.8/20* 10.17.0.160/16
      eth1 | ordinary | 10.114.0.2/20
    `),
    lan: '10.114.0.2 eth1 10.114.0.0/20',
    passedOver: ['159.65.7.8: public', '10.17.0.160: beside a public address'],
  },
  {
    name: 'a machine of EC2: private, with a public address that only the provider knows',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html',
    system: 'linux',
    networks: networks('ens5 | ordinary | 172.31.44.13/20* fe80::8/64'),
    lan: '172.31.44.13 ens5 172.31.32.0/20',
    passedOver: ['fe80::8: link-local'],
  },
  {
    name: 'a machine of Google, whose address says nothing of its network',
    source: 'https://github.com/Juniper/contrail-docker/pull/19',
    system: 'linux',
    networks: networks('ens4 | ordinary | 10.128.0.2/32* fe80::4/64'),
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
  {
    name: 'macOS with its own tunnels, AirDrop, and virtual machines',
    source:
      'https://github.com/Parallels/vagrant-parallels/issues/510 https://github.com/recap/docker-mac-routes/issues/1',
    system: 'darwin',
    networks: networks(`
      lo0       | loopback | 127.0.0.1/8 ::1/128 fe80::1/64
      awdl0     | tunnel   | fe80::804b:15ff:fe4d:6902/64
      llw0      | tunnel   | fe80::804b:15ff:fe4d:6902/64
      en0       | ordinary | fe80::4/64 192.168.0.12/24*
      utun0     | tunnel   | fe80::10/64
      utun4     | tunnel   | 10.11.12.13/32
      bridge100 | bridge   | 192.168.106.1/24 fda5:8591:e3fe:291f:1ce8:3756:85a1:96ad/64
    `),
    lan: '192.168.0.12 en0 192.168.0.0/24',
    passedOver: [
      'fe80::804b:15ff:fe4d:6902: link-local',
      'fe80::804b:15ff:fe4d:6902: link-local',
      'fe80::4: link-local',
      'fe80::10: link-local',
      `10.11.12.13: ${tunnel}`,
      `192.168.106.1: ${bridge}`,
      `fda5:8591:e3fe:291f:1ce8:3756:85a1:96ad: ${bridge}`,
    ],
  },
  {
    name: 'Windows with Hyper-V and WSL',
    source:
      'https://github.com/microsoft/WSL/issues/4192 https://mytechiethoughts.com/windows/hyper-v-default-switch-easy-lan-internet-access-for-guest-vms/',
    system: 'win32',
    networks: networks(`
      vEthernet (Default Switch)    | bridge   | fe80::a/64 172.20.16.1/20
      vEthernet (WSL)               | bridge   | fe80::b/64 172.17.178.49/28
      Wi-Fi                         | ordinary | fe80::c/64 192.168.1.14/24*
      Loopback Pseudo-Interface 1   | loopback | ::1/128 127.0.0.1/8
    `),
    lan: '192.168.1.14 Wi-Fi 192.168.1.0/24',
    passedOver: [
      'fe80::a: link-local',
      `172.20.16.1: ${bridge}`,
      'fe80::b: link-local',
      `172.17.178.49: ${bridge}`,
      'fe80::c: link-local',
    ],
  },
  {
    name: 'Windows whose card belongs to a switch of Hyper-V',
    source:
      'https://learn.microsoft.com/windows-server/virtualization/hyper-v/get-started/create-a-virtual-switch-for-hyper-v-virtual-machines',
    system: 'win32',
    networks: networks(`
      vEthernet (External Switch) | bridge | 192.168.1.14/24*
      vEthernet (Default Switch)  | bridge | 172.20.16.1/20
    `),
    lan: '192.168.1.14 vEthernet (External Switch) 192.168.1.0/24',
    passedOver: [`172.20.16.1: ${bridge}`],
  },
  {
    name: 'Windows with VirtualBox',
    source: 'https://github.com/expo/expo/issues/3417',
    system: 'win32',
    networks: networks(`
      VirtualBox Host-Only Network | bridge   | 192.168.56.1/24
      Ethernet                     | ordinary | 192.168.1.14/24*
    `),
    lan: '192.168.1.14 Ethernet 192.168.1.0/24',
    passedOver: [`192.168.56.1: ${bridge}`],
  },
  {
    name: 'VirtualBox, by a name that says nothing',
    source: 'https://github.com/expo/create-react-native-app/issues/60',
    system: 'win32',
    networks: networks(`
      Ethernet 3 | ordinary | 192.168.56.1/24
      Wi-Fi      | ordinary | 192.168.1.12/24*
    `),
    lan: '192.168.1.12 Wi-Fi 192.168.1.0/24',
    passedOver: ['192.168.56.1: another network'],
  },
  {
    name: 'Tailscale in a coffee shop',
    source: 'https://tailscale.com/kb/1033/ip-and-dns-addresses',
    system: 'linux',
    networks: networks(`
      wlan0      | ordinary | 10.5.50.77/16*
      tailscale0 | tunnel   | 100.101.102.103/32 fd7a:115c:a1e0::1/128 fe80::7/64
    `),
    lan: '10.5.50.77 wlan0 10.5.0.0/16',
    passedOver: [`100.101.102.103: ${tunnel}`, `fd7a:115c:a1e0::1: ${tunnel}`, 'fe80::7: link-local'],
  },
  {
    name: 'Ethernet and Wi-Fi at home, Ethernet preferred',
    source: 'https://github.com/rancher-sandbox/rancher-desktop/issues/1125',
    system: 'darwin',
    networks: networks(`
      en0 | ordinary | 192.168.1.30/24 fe80::30/64
      en8 | ordinary | 192.168.1.31/24*
    `),
    lan: '192.168.1.31 en8 192.168.1.0/24',
    passedOver: ['192.168.1.30: another network', 'fe80::30: link-local'],
  },
  {
    name: 'Ethernet to a device, Wi-Fi to the internet',
    source: 'https://github.com/garywill/linux-router/issues/14',
    system: 'linux',
    networks: networks(`
      eth0  | ordinary | 192.168.145.1/24
      wlan0 | ordinary | 192.168.1.28/24*
    `),
    lan: '192.168.1.28 wlan0 192.168.1.0/24',
    passedOver: ['192.168.145.1: another network'],
  },
  {
    name: 'a company that is one network',
    source: 'https://github.com/microsoft/WSL/issues/6468',
    system: 'linux',
    networks: networks('eno1 | ordinary | 10.0.122.58/8*'),
    lan: '10.0.122.58 eno1 10.0.0.0/8',
    passedOver: [],
  },
  {
    name: "an iPhone's hotspot",
    source: 'https://github.com/nneonneo/iOS-SOCKS-Server/issues/37',
    system: 'darwin',
    networks: networks('en0 | ordinary | fe80::5/64 172.20.10.3/28* 192.0.0.2/32'),
    lan: '172.20.10.3 en0 172.20.10.0/28',
    passedOver: ['fe80::5: link-local', '192.0.0.2: neither private nor public'],
  },
  {
    name: "an Android phone's hotspot",
    source: 'https://mcmap.net/q/267531/-android-get-ip-address-of-a-hotspot-providing-device',
    system: 'linux',
    networks: networks('wlan0 | ordinary | 192.168.43.57/24*'),
    lan: '192.168.43.57 wlan0 192.168.43.0/24',
    passedOver: [],
  },
  {
    name: 'a modem whose addresses a carrier shares out',
    source: 'https://www.rfc-editor.org/rfc/rfc6598',
    system: 'linux',
    networks: networks(`
      wwan0 | tunnel   | 100.72.13.5/30*
      eth0  | ordinary | 100.80.1.2/24
    `),
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
  {
    name: 'IPv6 only, with a stable and a temporary address',
    source: 'https://www.rfc-editor.org/rfc/rfc4193 https://www.rfc-editor.org/rfc/rfc8981',
    system: 'linux',
    networks: networks('wlan0 | ordinary | 2003:db:1::9/64* fd12:3456::b00c/64 fd12:3456::9/64 fe80::9/64'),
    lan: 'fd12:3456::b00c wlan0 fd12:3456::/64',
    passedOver: [
      '2003:db:1::9: public',
      'fd12:3456::9: another address of this interface',
      'fe80::9: link-local',
    ],
  },
  {
    name: 'a container of Docker',
    source: 'https://docs.docker.com/engine/network/drivers/bridge/',
    system: 'linux',
    networks: networks(`
      lo   | loopback | 127.0.0.1/8
      eth0 | ordinary | 172.17.0.2/16*
    `),
    lan: '172.17.0.2 eth0 172.17.0.0/16',
    passedOver: [],
  },
  {
    name: 'a container of Podman without root, whose card is a tap of pasta',
    source: 'https://github.com/containers/podman/discussions/22778',
    system: 'linux',
    networks: networks('eth0 | tunnel | 192.168.1.23/24*'),
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
  {
    name: 'a pod of Kubernetes',
    source: 'https://pastebin.com/usJjbzvL',
    system: 'linux',
    networks: networks('eth0 | ordinary | 10.244.1.7/32*'),
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
  {
    name: 'a host that joins its card and its virtual machines',
    source: 'https://jamielinux.com/docs/libvirt-networking-handbook/bridged-network.html',
    system: 'linux',
    networks: networks(`
      br0    | bridge | 192.168.1.10/24* fe80::10/64
      virbr0 | bridge | 192.168.122.1/24
    `),
    lan: '192.168.1.10 br0 192.168.1.0/24',
    passedOver: ['fe80::10: link-local', `192.168.122.1: ${bridge}`],
  },
  {
    name: 'no way to the internet, one network',
    source: 'https://github.com/containers/podman/discussions/22737',
    system: 'linux',
    networks: networks(`
      wlan0   | ordinary | 192.168.4.1/24
      docker0 | bridge   | 172.17.0.1/16
    `),
    lan: '192.168.4.1 wlan0 192.168.4.0/24',
    passedOver: [`172.17.0.1: ${bridge}`],
  },
  {
    name: 'no address was given out',
    source: 'https://www.rfc-editor.org/rfc/rfc3927',
    system: 'linux',
    networks: networks('eth0 | ordinary | 169.254.10.20/16 fe80::3/64'),
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
  {
    name: 'nothing but loopback',
    source: 'https://github.com/microsoft/WSL/issues/11423',
    system: 'linux',
    networks: networks('lo | loopback | 127.0.0.1/8 ::1/128'),
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
  {
    name: 'an app that may not see the networks',
    source: 'https://github.com/termux/termux-packages/issues/10868',
    system: 'linux',
    networks: { interfaces: [], sources: ['192.168.1.9'] },
    lan: 'this machine has no private address to serve on',
    passedOver: [],
  },
]
