import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const program = join(import.meta.dirname, '../apps/networks.py')

export interface Request {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Seconds. Default 1. */
  readonly timeout?: number
  /** The address that it comes from, one of the namespace's own. Default: as the kernel chooses. */
  readonly source?: string
}

/** `status`, or `error`: `ECONNREFUSED`, `ETIMEDOUT`; `connected`: somebody had taken the connection. */
export interface Answer {
  readonly status?: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly error?: string
  readonly connected?: boolean
}

/** An answer that goes on. */
export interface Held {
  readonly status?: number
  readonly first?: string
  readonly error?: string
  /** Resolves when it is cut: `EOF`, or the name of the system's error. */
  readonly ended: Promise<string>
}

type Message = Answer & Held & { id: number; failure?: string; tables?: Record<string, string> }

/** A program that does things in network namespaces. See apps/networks.py. */
export class Caller implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (message: Message) => void>()
  #count = 0

  constructor(python: string) {
    const child = spawn(join(python, 'bin/python'), ['-I', '-S', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    createInterface(child.stdout).on('line', (line) => {
      const message: Message = JSON.parse(line)
      this.#waiting.get(message.id)?.(message)
    })
    this.#child = child
  }

  get(namespace: string, url: string, request: Request = {}): Promise<Answer> {
    return this.#ask({ kind: 'get', namespace, url, ...request })
  }

  async hold(namespace: string, url: string, headers: Readonly<Record<string, string>> = {}): Promise<Held> {
    const { promise, resolve } = Promise.withResolvers<string>()
    const question = { kind: 'hold', namespace, url, headers }
    const answer = await this.#ask(question, ({ ended }) => ended && resolve(String(ended)))
    return { ...answer, ended: promise }
  }

  /** The kernel's tables of sockets there, by name: `tcp`. */
  async tables(namespace: string): Promise<Readonly<Record<string, string>>> {
    return (await this.#ask({ kind: 'read', namespace })).tables ?? {}
  }

  /** Sets variables of the kernel there, those below /proc/sys/net. */
  async configure(namespace: string, settings: Readonly<Record<string, string>>): Promise<void> {
    await this.#ask({ kind: 'configure', namespace, settings })
  }

  /** Makes an interface of that name in both, which carries packets from one to the other. */
  async tunnel(namespace: string, peer: string, name: string): Promise<void> {
    await this.#ask({ kind: 'tunnel', namespace, peer, name })
  }

  #ask(question: object, onMessage?: (message: Message) => void): Promise<Message> {
    const id = this.#count++
    const { promise, resolve, reject } = Promise.withResolvers<Message>()
    this.#waiting.set(id, (message) => {
      onMessage?.(message)
      if (message.failure) reject(new Error(message.failure))
      else resolve(message)
    })
    this.#child.stdin?.write(`${JSON.stringify({ id, ...question })}\n`)
    return promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}
