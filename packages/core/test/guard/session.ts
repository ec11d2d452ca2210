import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { GuardEvent } from '../../src/protocol.ts'

export const directory: string = fileURLToPath(new URL('../../guard', import.meta.url))

/** Milliseconds, for what never comes: how soon it comes is measured by the campaigns. */
const deadline = 20_000

type Name = GuardEvent['event'] | 'answer'

/** A guard that is spoken to by hand, over its descriptor 3. */
export class Session {
  readonly process: ChildProcess
  readonly channel: Duplex
  readonly ended: Promise<number | null>
  /** What the server printed. */
  output = ''
  #said: { event: string }[] = []
  #wake = () => {}

  constructor(command: readonly [string, ...string[]], options: SpawnOptions = {}) {
    const [file, ...args] = command
    this.process = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })
    this.channel = this.process.stdio[3] as unknown as Duplex
    this.ended = new Promise((resolve) => this.process.on('exit', resolve))
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        this.output += text
        this.#wake()
      })
    let pending = ''
    this.channel.on('error', () => {})
    this.channel.setEncoding('utf8').on('data', (text) => {
      const lines = (pending + text).split('\n')
      pending = lines.pop() ?? ''
      this.#said.push(...lines.map((line) => JSON.parse(line)))
      this.#wake()
    })
  }

  say(message: object): void {
    this.channel.write(`${JSON.stringify(message)}\n`)
  }

  /** Starts `python -c script args...`, planned at 127.0.0.1:`port`. */
  start(python: string, script: string, options: object = {}): void {
    this.say({
      do: 'start',
      file: python,
      args: ['-u', '-c', script],
      cwd: '/',
      env: {},
      unset: [],
      address: '127.0.0.1',
      port: 1,
      listener: 'own',
      terminal: null,
      ...options,
    })
  }

  /** The next event of that name. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into every kind of event
  event(name: Name): Promise<any> {
    return this.#until(`the event ${name}`, () => {
      const index = this.#said.findIndex((each) => each.event === name)
      return index < 0 ? undefined : this.#said.splice(index, 1)[0]
    })
  }

  /** The events of that name that nobody has asked for yet. */
  said(name: Name): readonly object[] {
    return this.#said.filter((each) => each.event === name)
  }

  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(`${pattern} in the output`, () => pattern.exec(this.output) ?? undefined)
  }

  async #until<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    const end = Date.now() + deadline
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (Date.now() > end)
        throw new Error(
          `no ${what} in ${deadline / 1000} s; said ${JSON.stringify(this.#said)}, output ${this.output}`,
        )
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        setTimeout(resolve, 50)
      })
    }
  }
}

/** For one test, behind which it ends. */
export function openSession(...options: ConstructorParameters<typeof Session>): Session {
  const session = new Session(...options)
  onTestFinished(async () => {
    session.process.kill('SIGCONT')
    session.channel.destroy()
    await session.ended
  })
  return session
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // a zombie is dead, even if whoever inherited it hasn't looked yet
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** Waits until none of them is alive. */
export async function gone(pids: readonly number[]): Promise<void> {
  const end = Date.now() + deadline
  while (pids.some(alive)) {
    if (Date.now() > end) throw new Error(`still alive: ${pids.filter(alive)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
