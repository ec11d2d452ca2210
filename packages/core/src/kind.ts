import type { NetworkInterface } from './lan.ts'

/** What an interface is by its name: all that macOS and Windows tell without asking another program. */
export function kindOfName(name: string): NetworkInterface['kind'] {
  if (bridges.test(name)) return 'bridge'
  return tunnels.test(name) ? 'tunnel' : 'ordinary'
}

/** docs/lan.md lists whose they are. */
const bridges = new RegExp(
  [
    /^(docker|podman|br|virbr|lxcbr|lxdbr|incusbr|cni|cbr|nerdctl|bridge|vmnet|vmenet|vboxnet|vnic|vnet)\d+$/,
    /^(docker_gwbridge|cni-podman\d+|lxdbr-.*|br-.*|veth.*|cali[0-9a-f]+|lxc[0-9a-f]+|kube-.*|cilium_.*)$/,
    /^vEthernet \(|VirtualBox|VMware|^VMnet|Hyper-V|^Parallels/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
)

const tunnels = new RegExp(
  [
    /^(utun|tun|tap|utap|wg|tailscale|zt|ppp|pptp|l2tp|ipsec|gif|stf|sit|gre|gretap|ip6tnl|ipip|tunl|vti)[0-9]/,
    /^(zt[0-9a-z]{8,}|feth\d+|nordlynx|proton\d+|cscotun\d+|gpd\d+|flannel.*|awdl\d+|llw\d+|rmnet.*|wwan\d+|pdp_ip\d+)$/,
    /VPN|Tailscale|ZeroTier|WireGuard|Wintun|NordLynx|ProtonVPN|Mullvad|AnyConnect|GlobalProtect|TAP-Windows|Teredo/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
)
