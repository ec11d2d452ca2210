import { Cleaner, type LaunchEvent, type Stream } from '@devlaunch/core'
import { ours, theirs } from './mark.ts'
import { Printer } from './print.ts'
import { warningOf } from './show.ts'
import type { Logs } from './values.ts'
import { write } from './write.ts'

/** Characters that are kept of what a server prints; more only until they are cut. */
const most = 256 * 1024

/** Characters of a line that are waited for. */
const longest = 65_536

const { stderr } = process

/** What a server of `devlaunch test` prints: kept until the command has failed, or shown as it comes, on stderr. */
export class ServerLog {
  readonly when: Logs
  readonly #name: string
  /** Before each line where several servers speak; empty for one alone. */
  readonly #prefix: string
  readonly #cleaners = { stdout: new Cleaner(), stderr: new Cleaner() }
  readonly #pending = { stdout: '', stderr: '' }
  readonly #printer = new Printer(stderr)
  #kept = ''
  #cut = false
  #reload = false

  constructor(name: string, when: Logs, prefix: string) {
    this.#name = name
    this.when = when
    this.#prefix = prefix
  }

  readonly output = (text: string, stream: Stream): Promise<void> | undefined => {
    const shown = theirs(this.#cleaners[stream].clean(text), stderr)
    if (this.when === 'always') return write(stderr, this.#prefix ? this.#prefixed(shown, stream) : shown)
    if (this.when === 'failure') this.#keep(shown)
    return undefined
  }

  /** What a person should know of it is for those who read the log. */
  readonly event = (event: LaunchEvent): void => {
    if (event.event === 'planned') this.#reload = event.plan.policy.reload
    const server = { server: this.#name, reload: this.#reload, path: '/' }
    const warning = warningOf(event, this.#printer, server)
    if (!warning) return
    if (this.when === 'always') stderr.write(warning)
    else if (this.when === 'failure') this.#keep(warning)
  }

  /** After the end of the server, or of the command. */
  show(url?: string): void {
    if (this.when === 'always') {
      for (const stream of ['stdout', 'stderr'] as const)
        if (this.#pending[stream]) stderr.write(this.#prefixed('\n', stream))
    }
    if (this.when !== 'failure') return
    const what = this.#kept ? `log of ${this.#name}` : `${this.#name} printed nothing`
    const rest = this.#cut ? ', the last lines of it' : ''
    stderr.write(ours(`${what}${rest}${url ? ` (${url})` : ''}`, stderr))
    stderr.write(this.#kept && !this.#kept.endsWith('\n') ? `${this.#kept}\n` : this.#kept)
  }

  #keep(text: string): void {
    this.#kept += text
    if (this.#kept.length <= 2 * most) return
    const end = this.#kept.slice(-most)
    this.#kept = end.slice(end.indexOf('\n') + 1)
    this.#cut = true
  }

  #prefixed(text: string, stream: Stream): string {
    const lines = (this.#pending[stream] + text).split('\n')
    const last = lines.pop() ?? ''
    this.#pending[stream] = last.length > longest ? '' : last
    if (last.length > longest) lines.push(last)
    return lines.map((line) => `${this.#prefix}${line}\n`).join('')
  }
}
