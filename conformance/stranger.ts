import { createServer } from 'node:http'
import type { ListenOptions } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What it answers, and no app of ours. */
export const greeting = 'a stranger'

/** Where somebody may be in the way. */
export const places: Readonly<Record<string, ListenOptions>> = {
  '127.0.0.1': { host: '127.0.0.1' },
  '0.0.0.0': { host: '0.0.0.0' },
  '::1': { host: '::1' },
  ':: (v6 only)': { host: '::', ipv6Only: true },
  SO_REUSEPORT: { host: '127.0.0.1', reusePort: true },
}

/** Somebody who wants a port and goes on trying until it has it, or is stopped. */
export class Stranger implements AsyncDisposable {
  readonly #server = createServer((_, response) => void response.end(greeting))
  #over = false

  /** Does it listen? */
  get listens(): boolean {
    return this.#server.listening
  }

  /** When it began to. */
  since = Number.POSITIVE_INFINITY

  /** Resolves when it has the port, or has been stopped. */
  async insist(options: ListenOptions): Promise<void> {
    while (!this.#over && !(await this.#try(options))) await sleep(1)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #try(options: ListenOptions): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (listens: boolean) => {
        this.#server.removeAllListeners('error').removeAllListeners('listening')
        resolve(listens)
      }
      this.#server.once('error', () => end(false)) // EADDRINUSE: somebody has it
      this.#server.once('listening', () => {
        this.since = performance.now()
        end(true)
      })
      this.#server.listen(options)
    })
  }
}
