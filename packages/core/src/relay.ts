import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { loopback } from './address.ts'
import type { Bind } from './policy.ts'
import { cannotListen } from './port.ts'

/** Passes bytes on, both ways, from loopback to a server that listens on another address of this machine. */
export interface Relay {
  /** Cuts every connection. */
  readonly close: () => void
}

/**
 * Listens on 127.0.0.1 at the server's own port, so that local tools find it where they would without a network.
 * It takes the port before the server starts, and refuses whoever comes too early, as the server would.
 * @throws DevlaunchError `PORT_TAKEN`, `PORT_DENIED`
 */
export async function openRelay({ host, port }: Bind): Promise<Relay> {
  const clients = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ host, port, noDelay: true, allowHalfOpen: true, localAddress: source(host) })
    clients.add(client.once('close', () => clients.delete(client)))
    pipeline(client, upstream, client, () => {}) // whichever fails, both are closed
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', ({ code }: NodeJS.ErrnoException) =>
    reject(cannotListen(code, { host: loopback, port })),
  )
  server.listen({ host: loopback, port, exclusive: true }, resolve)
  await promise
  return {
    close: () => {
      server.close()
      for (const client of clients) client.destroy()
    },
  }
}

/**
 * The app sees a local client as 127.0.0.1, as it would without the relay. Only Linux lets a socket of one address
 * reach another one of the machine.
 */
function source(host: string): string | undefined {
  if (process.platform !== 'linux') return undefined
  return host.includes(':') ? '::1' : loopback
}
