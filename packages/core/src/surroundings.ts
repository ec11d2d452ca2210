import { existsSync } from 'node:fs'
import type { Environment } from './candidates.ts'
import { readText } from './read.ts'

/** What tells where this machine is. */
export interface Facts {
  readonly env: Environment
  /** `/.dockerenv` is there: https://github.com/shirou/gopsutil/pull/1400 */
  readonly dockerenv: boolean
  /** `/run/.containerenv` is there: https://docs.podman.io/en/latest/markdown/podman-run.1.html */
  readonly containerenv: boolean
  /** Of `/proc/sys/kernel/osrelease`: `5.15.167.4-microsoft-standard-WSL2` */
  readonly osrelease: string | undefined
  /** There is an interface `loopback0`: https://github.com/MicrosoftDocs/WSL/issues/1967 */
  readonly mirrored: boolean
}

/** What the server is about to do. */
export interface Serving {
  readonly port: number
  /** It is on an address of a network too. */
  readonly lan: boolean
}

/** Never throws. */
export async function readSurroundings(env: Environment): Promise<Facts> {
  return {
    env,
    dockerenv: existsSync('/.dockerenv'),
    containerenv: existsSync('/run/.containerenv'),
    osrelease: await readText('/proc/sys/kernel/osrelease'),
    mirrored: existsSync('/sys/class/net/loopback0'),
  }
}

/**
 * One line about who reaches the server, where that isn't the machine in front of which the user sits: in a container,
 * in WSL, over SSH. It only informs. `undefined` where there is nothing to say.
 */
export function surroundings(facts: Facts, { port, lan }: Serving): string | undefined {
  const place = places.find(({ is }) => is(facts))
  return lan ? place?.lan(port) : place?.loopback(port)
}

interface Place {
  readonly is: (facts: Facts) => boolean
  readonly loopback: (port: number) => string
  readonly lan: (port: number) => string
}

/**
 * The innermost first: a codespace is a container too, a container on WSL has WSL's kernel, and whoever has logged in to
 * a container over SSH can forward from there.
 */
const places: readonly Place[] = [
  {
    // https://docs.github.com/en/codespaces/developing-in-a-codespace/default-environment-variables-for-your-codespace
    is: ({ env }) => env.CODESPACES === 'true',
    loopback: (port) =>
      `In a codespace: its Ports view opens port ${port} to you alone, unless you change that there.`,
    lan: (port) => `In a codespace: no phone reaches its network. Its Ports view opens port ${port}.`,
  },
  {
    // https://www.gitpod.io/docs/environment-variables#default-environment-variables
    is: ({ env }) => Boolean(env.GITPOD_WORKSPACE_ID),
    loopback: (port) => `In a workspace of Gitpod: its Ports view opens port ${port}.`,
    lan: (port) =>
      `In a workspace of Gitpod: no phone reaches its network. Its Ports view opens port ${port}.`,
  },
  {
    // https://github.com/microsoft/vscode-remote-release/issues/3517
    is: ({ env }) => env.REMOTE_CONTAINERS === 'true',
    loopback: (port) => `In a dev container: the Ports view of the editor forwards 127.0.0.1:${port} to you.`,
    lan: (port) =>
      `In a dev container: no other device reaches its address. The Ports view forwards 127.0.0.1:${port} to you.`,
  },
  {
    // https://man.openbsd.org/ssh#SSH_CONNECTION
    is: ({ env }) => Boolean(env.SSH_CONNECTION),
    loopback: (port) =>
      `Over SSH: 127.0.0.1 is not where you sit. From there: ssh -L ${port}:127.0.0.1:${port} HOST`,
    lan: (port) =>
      `Over SSH: the network is this machine's, not yours. From yours: ssh -L ${port}:127.0.0.1:${port} HOST`,
  },
  {
    // https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
    is: ({ env }) => Boolean(env.KUBERNETES_SERVICE_HOST),
    loopback: (port) =>
      `In a pod: 127.0.0.1 is the pod's own. From outside: kubectl port-forward POD ${port}`,
    lan: (port) =>
      `In a pod: only its cluster reaches its address. From outside: kubectl port-forward POD ${port}`,
  },
  container('podman', ({ containerenv }) => containerenv),
  container('docker', ({ dockerenv }) => dockerenv),
  {
    // https://learn.microsoft.com/windows/wsl/networking#mirrored-mode-networking
    is: (facts) => isWsl2(facts) && facts.mirrored,
    loopback: (port) => `In WSL: Windows reaches it at http://127.0.0.1:${port} as well.`,
    lan: (port) =>
      `In WSL, mirrored: the address is that of Windows. Its Hyper-V firewall must let port ${port} in.`,
  },
  {
    // https://learn.microsoft.com/windows/wsl/networking#default-networking-mode-nat
    is: isWsl2,
    loopback: (port) => `In WSL: Windows reaches it at http://127.0.0.1:${port} as well.`,
    lan: () =>
      'In WSL, behind NAT: only Windows reaches its address. For others: networkingMode=mirrored in .wslconfig',
  },
]

/** https://docs.docker.com/engine/network/port-publishing/ */
function container(command: string, is: Place['is']): Place {
  return {
    is,
    loopback: (port) =>
      `In a container: 127.0.0.1 is its own. For its host: --lan, and ${command} run -p 127.0.0.1:${port}:${port}`,
    lan: (port) =>
      `In a container: no other device reaches its address. Its host: ${command} run -p 127.0.0.1:${port}:${port}`,
  }
}

/** WSL 1, whose kernel is called `4.4.0-19041-Microsoft`, has Windows' own network. https://github.com/microsoft/WSL/issues/4555 */
function isWsl2({ env, osrelease = '' }: Facts): boolean {
  return !osrelease.includes('Microsoft') && (osrelease.includes('microsoft') || Boolean(env.WSL_DISTRO_NAME))
}
