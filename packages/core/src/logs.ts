import { clean } from './clean.ts'

/** Where a server wrote something. */
export type Stream = 'stdout' | 'stderr'

/**
 * The last lines of a server's output, of all its starts: 1000 per stream, and 1000 of both, each of up to 4096
 * characters. In a terminal everything is on `stdout`.
 */
export interface Logs {
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** Both, in the order of arrival. */
  readonly all: readonly string[]
}

/** Lines kept per stream, and characters kept of a line. */
const most = { lines: 1000, characters: 4096 }

/** Characters of a line in which an explanation is looked for. */
const telling = 1000

type LineListener = (lines: readonly string[], stream: Stream) => void

export class Log implements Logs {
  readonly stdout: string[] = []
  readonly stderr: string[] = []
  readonly all: string[] = []
  #pending = { stdout: '', stderr: '' }
  /** How many of `all` are of this start. */
  #own = 0
  readonly #listeners = new Set<LineListener>()

  /** The server is started again: what it printed before doesn't explain what happens now. */
  begin(): void {
    for (const stream of ['stdout', 'stderr'] as const) if (this.#pending[stream]) this.add('\n', stream)
    this.#own = 0
  }

  add(chunk: string, stream: Stream): void {
    const text = this.#pending[stream] + chunk
    const lines = (this.#listeners.size > 0 ? text : tail(text, most.lines)).split('\n')
    this.#pending[stream] = copy((lines.pop() ?? '').slice(0, most.characters))
    if (lines.length === 0) return
    const last = lines.map((line) => line.slice(0, most.characters).replace(/\r$/, ''))
    const kept = copy(last.join('\n')).split('\n')
    for (const log of [this[stream], this.all]) {
      log.push(...kept)
      if (log.length > most.lines) log.splice(0, log.length - most.lines)
    }
    this.#own = Math.min(this.#own + kept.length, most.lines)
    for (const listener of this.#listeners) listener(kept, stream)
  }

  /** Called with the lines that come. Returns what ends that. */
  onLines(listener: LineListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** What this start printed last, the line that has no end yet included, without colours. */
  get text(): string {
    const last = [this.#pending.stdout, this.#pending.stderr].filter(Boolean)
    const own = this.all.slice(this.all.length - this.#own)
    return clean([...own, ...last].map((line) => line.slice(0, telling)).join('\n'))
  }
}

/** V8 makes a part of a string a reference to the whole, which it keeps in memory: a short line would keep its chunk. */
function copy(text: string): string {
  return Buffer.from(text).toString()
}

/** The last lines of a text, and what follows them. A chunk can be 65 536 line ends, and most of them aren't kept. */
function tail(text: string, lines: number): string {
  let start = text.length
  for (let ends = 0; ends <= lines; ends++) {
    start = start === 0 ? -1 : text.lastIndexOf('\n', start - 1)
    if (start < 0) return text
  }
  return text.slice(start + 1)
}
