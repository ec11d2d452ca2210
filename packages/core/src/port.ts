import { connect, createServer } from 'node:net'
import getPort from 'get-port'
import { authority } from './address.ts'
import { DevlaunchError } from './errors.ts'
import type { Bind } from './policy.ts'

export interface PortWish {
  /** It must be free there. */
  readonly host: string
  /**
   * And nobody may answer on this one, which is for one network alone: who listens there without a filter, even for the
   * moment of a try, lets others in.
   */
  readonly filtered?: string | undefined
  /** The first choice; any free port without it. */
  readonly port: number | undefined
  /** The first choice or none. */
  readonly strict: boolean
  /** Has another process taken what was chosen before? */
  readonly lost: boolean
}

/** Why a port can't be had. */
export interface Taken {
  readonly code: string | undefined
  readonly reason: DevlaunchError
}

/** How many ports after the first choice are tried: a person recognises 8003, not 41267. */
const neighbourhood = 100

/** Those that no browser and no `fetch` connects to: https://fetch.spec.whatwg.org/#port-blocking */
const blocked: readonly number[] = [
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566],
  ...[6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080],
]

/**
 * A port on which nobody listens at these addresses now. Another process can still take it before the server does.
 * @throws DevlaunchError `USAGE`, `PORT_TAKEN` or `PORT_DENIED`.
 */
export async function choosePort({ host, filtered, port, strict, lost }: PortWish): Promise<number> {
  if (port === undefined) return freePort(host, filtered)
  checkPort(port)
  if (!lost || strict) {
    const failure = (await tryPort(host, port)) ?? (await knock(filtered, port))
    if (!failure) return port
    if (strict || failure.code !== 'EADDRINUSE') throw failure.reason
  }
  const next = Array.from({ length: neighbourhood }, (_, index) => port + 1 + index)
  // whoever was faster may be one of many, who all look at the nearest port now
  const first = lost ? Math.floor(Math.random() * neighbourhood) : 0
  const inTurn = [...next.slice(first), ...next.slice(0, first)]
  return freePort(
    host,
    filtered,
    inTurn.filter((each) => each <= 65_535),
  )
}

/** One of `ports`, or any, where none of them is free. */
async function freePort(
  host: string,
  filtered: string | undefined,
  ports?: readonly number[],
): Promise<number> {
  const taken = [...blocked]
  for (;;) {
    const port = await getPort({ host, exclude: taken, ...(ports && { port: ports }) }).catch(({ code }) =>
      Promise.reject(cannotListen(code, { host, port: 0 })),
    )
    if (!(await knock(filtered, port))) return port
    taken.push(port)
  }
}

/** Servers take what is not a port too: 99999 becomes 34463 in several, and 0 any port. */
export function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return
  throw new DevlaunchError('USAGE', `${port} is not a port`, {
    hint: 'a port is a whole number from 1 to 65535',
  })
}

/** get-port takes "no permission" for "in use" and silently goes on; a person who named the port wants to know. */
async function tryPort(host: string, port: number): Promise<Taken | undefined> {
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
  return failure && { code: failure.code, reason: cannotListen(failure.code, { host, port }) }
}

/** Somebody who listens there takes the connection; the guard's bind tells of others. */
export async function knock(host: string | undefined, port: number): Promise<Taken | undefined> {
  if (host === undefined) return undefined
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect({ host, port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => resolve(true)).once('connect', () => socket.destroy())
  })
  return taken ? { code: 'EADDRINUSE', reason: cannotListen('EADDRINUSE', { host, port }) } : undefined
}

/** Why nobody can listen there, by the name of the system's error. */
export function cannotListen(code: string | undefined, bind: Pick<Bind, 'host' | 'port'>): DevlaunchError {
  const where = authority(bind.host, bind.port)
  if (code === 'EADDRINUSE') {
    return new DevlaunchError('PORT_TAKEN', `${where} is taken`, {
      hint: 'choose another --port, or leave out --strict-port',
    })
  }
  if (code === 'EACCES') {
    return new DevlaunchError('PORT_DENIED', `you may not listen on ${where}`, {
      hint: 'ports below 1024 need special rights: choose a higher one',
    })
  }
  if (code === 'EADDRNOTAVAIL') {
    return new DevlaunchError('USAGE', `${bind.host} is not an address of this machine`, {
      hint: 'leave out --host to stay on 127.0.0.1',
    })
  }
  return new DevlaunchError('FAILED', `nobody can listen on ${where} here: ${code}`, {
    hint: 'choose another --host or --port; the system itself refuses this one',
  })
}
