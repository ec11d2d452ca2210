import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { authority } from '@devlaunch/core'

/** Linux only: what /proc says. A process, told apart from a later one with the same pid by the time it started. */
export interface Life {
  readonly pid: number
  readonly command: string
  readonly started: string
}

/** What the kernel says of a process in one line. */
export interface Status {
  readonly pid: number
  readonly alive: boolean
  readonly parent: number
  readonly session: number
  /** In ticks since the machine was booted. */
  readonly started: string
}

/** Every living process below this one, daemons included where it is a subreaper. */
export function descendants(root: number): Life[] {
  const all = processes()
  const found: Life[] = []
  for (const parents = [root]; parents.length > 0; ) {
    const parent = parents.pop()
    for (const child of all.filter((each) => each.parent === parent)) {
      parents.push(child.pid)
      if (child.alive) found.push(life(child))
    }
  }
  return found
}

export function parentOf(pid: number): number {
  return stat(pid)?.parent ?? 0
}

/** Those of them that still live; a zombie doesn't. */
export function survivors(lives: readonly Life[]): Life[] {
  return lives.filter(({ pid, started }) => {
    const now = stat(pid)
    return now?.alive && now.started === started
  })
}

/** By SIGSTOP, for example. */
export function isStopped(pid: number): boolean {
  return /^State:\s*T/m.test(read(`/proc/${pid}/status`))
}

/** Every process there is, dead or alive. */
export function processes(): Status[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (stat(Number(name)) ?? []) : []))
}

/** Was it started with this text in its environment? */
export function carries(pid: number, text: string): boolean {
  return read(`/proc/${pid}/environ`).includes(text)
}

/** Every living process that was started with this text in its environment, whoever its parent is now. */
export function marked(text: string): Life[] {
  return processes()
    .filter(({ pid, alive }) => alive && carries(pid, text))
    .map(life)
}

/** Where these processes listen, as `address:port`. `all`: of their network namespace. Default: of this one. */
export function listening(
  lives: readonly Pick<Life, 'pid'>[],
  all: readonly Listener[] = listeners(),
): string[] {
  const sockets = new Set(lives.flatMap(({ pid }) => socketsOf(pid)))
  return addresses(all.filter(({ inode }) => sockets.has(inode)))
}

/** Each one once: workers may have a socket each at the same address (SO_REUSEPORT). */
export function addresses(all: readonly Listener[]): string[] {
  const told = all.map(
    ({ protocol, address, port }) => (protocol === 'udp' ? 'udp ' : '') + authority(address, port),
  )
  return [...new Set(told)].sort()
}

/** Does anybody on this machine listen on the port, or take UDP there? */
export function isTaken(port: number): boolean {
  return listeners().some((each) => each.port === port)
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, from the third on. */
function fieldsOf(pid: number): readonly string[] {
  const text = read(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(') ') + 2).split(' ')
}

function stat(pid: number): Status | undefined {
  const fields = fieldsOf(pid)
  const [state, parent, , session] = fields
  if (state === undefined || parent === undefined) return undefined
  // its first thread may end before the others, which hold its sockets: num_threads
  const alive = !'ZX'.includes(state) || Number(fields[17]) > 1
  return { pid, alive, parent: Number(parent), session: Number(session), started: fields[19] ?? '' }
}

/** What a process runs, told apart from what it runs after an exec: its stack begins elsewhere. */
export function runOf(pid: number): string {
  const stack = fieldsOf(pid)[25]
  if (stack === undefined) throw new Error(`pid ${pid} has ended`)
  return `${pid} ${stack}`
}

export function life({ pid, started }: Pick<Status, 'pid' | 'started'>): Life {
  return { pid, started, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') }
}

function socketsOf(pid: number): string[] {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((name) => link(`/proc/${pid}/fd/${name}`))
    return links.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [])
  } catch {
    return [] // it has ended
  }
}

/** The states of a socket that takes what comes from anybody: TCP_LISTEN, TCP_CLOSE. */
const open = { tcp: '0A', udp: '07' } as const

/** A socket that takes what comes. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  readonly inode: string
}

/** Every one in a network namespace. `tables`: what the kernel shows there, by name. Default: in this one. */
export function listeners(tables?: Readonly<Record<string, string>>): Listener[] {
  return (['tcp', 'udp'] as const).flatMap((protocol) =>
    [protocol, `${protocol}6`].flatMap((table) =>
      (tables ? (tables[table] ?? '') : read(`/proc/net/${table}`))
        .trim()
        .split('\n')
        .flatMap((row) => {
          const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/)
          const [address = '', port = ''] = local.split(':')
          if (state !== open[protocol]) return []
          return [{ protocol, address: numeric(address), port: Number.parseInt(port, 16), inode }]
        }),
    ),
  )
}

/** The kernel prints an address as 32-bit words in the machine's byte order. */
function numeric(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex').reverse()])
  if (bytes.length === 4) return bytes.join('.')
  const groups = Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** Empty where it can't be read. */
export function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // it has ended
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
