import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import getPort from 'get-port'
import { authority } from './address.ts'
import { DevlaunchError } from './errors.ts'
import type { Bind } from './policy.ts'

export interface PortWish {
  readonly host: string
  /** The first choice; any free port without it. */
  readonly port: number | undefined
  /** The first choice or none. */
  readonly strict: boolean
}

/** How many ports after the first choice are tried: a person recognises 8003, not 41267. */
const neighbourhood = 100

/**
 * A port on which nobody listens at this address now. Another process can still take it before the server does.
 * @throws DevlaunchError `USAGE`, `PORT_TAKEN` or `PORT_DENIED`.
 */
export async function choosePort({ host, port, strict }: PortWish): Promise<number> {
  if (port === undefined)
    return getPort({ host }).catch(({ code }) => Promise.reject(cannotListen(code, { host, port: 0 })))
  checkPort(port)
  const failure = await tryPort(host, port)
  if (!failure) return port
  if (strict || failure.code !== 'EADDRINUSE') throw cannotListen(failure.code, { host, port })
  const next = Array.from({ length: neighbourhood }, (_, index) => port + 1 + index)
  return getPort({ host, port: next.filter((each) => each <= 65_535) })
}

/** Where to look after a race. Whoever lost it too looks at this moment: the next port would be everybody's choice. */
export function portNear(port: number): number {
  return Math.min(port + randomInt(1, neighbourhood), 65_535)
}

/** Servers take what is not a port too: 99999 becomes 34463 in several, and 0 any port. */
export function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return
  throw new DevlaunchError('USAGE', `${port} is not a port`, {
    hint: 'a port is a whole number from 1 to 65535',
  })
}

/** get-port takes "no permission" for "in use" and silently goes on; a person who named the port wants to know. */
function tryPort(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
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
