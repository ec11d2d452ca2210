/** Where a server wrote something. */
export type Stream = 'stdout' | 'stderr'

/** The last lines of a server's output. In a terminal everything is on `stdout`. */
export interface Logs {
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** Both, in the order of arrival. */
  readonly all: readonly string[]
}

/** Lines kept per stream, and characters kept of a line. */
const most = { lines: 1000, characters: 16_384 }

export class Log implements Logs {
  readonly stdout: string[] = []
  readonly stderr: string[] = []
  readonly all: string[] = []
  #pending = { stdout: '', stderr: '' }

  add(chunk: string, stream: Stream): void {
    const lines = (this.#pending[stream] + chunk).split('\n')
    this.#pending[stream] = (lines.pop() ?? '').slice(0, most.characters)
    for (const line of lines) {
      const text = line.replace(/\r$/, '').slice(0, most.characters)
      for (const kept of [this[stream], this.all]) {
        kept.push(text)
        if (kept.length > most.lines) kept.shift()
      }
    }
  }

  /** What was printed last, the line that has no end yet included, without colours. */
  get text(): string {
    const last = [this.#pending.stdout, this.#pending.stderr].filter(Boolean)
    return [...this.all, ...last].join('\n').replace(colours, '')
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is how a terminal colour starts
const colours = /\x1b\[[\d;]*m/g
