import { Cleaner, type DevlaunchError, type LaunchEvent, type Stream, withoutSecrets } from '@devlaunch/core'
import { json } from './json.ts'
import { write } from './write.ts'

/** Characters of a line that are waited for. */
const longest = 65_536

/** Characters of one write, at least. */
const atOnce = 8192

/** `--json`: one event per line, on stdout, and nothing else there. */
export class JsonReport {
  readonly #cleaners = { stdout: new Cleaner(), stderr: new Cleaner() }
  readonly #pending = { stdout: '', stderr: '' }
  #told = Promise.resolve()

  event(event: LaunchEvent): void {
    if (event.event === 'guard') return
    if (event.event === 'exit') this.#flush()
    void this.#tell([line(shown(event))])
  }

  output(text: string, stream: Stream): Promise<void> {
    const all = this.#pending[stream] + this.#cleaners[stream].clean(text)
    const end = all.lastIndexOf('\n') + 1
    // a line without an end is told in pieces, or it would be searched again with every byte
    const long = all.length - end > longest
    this.#pending[stream] = long ? '' : all.slice(end)
    return this.#tell(logged(long ? `${all}\n` : all.slice(0, end), stream))
  }

  error({ code, summary, hint, risks, output, command, python }: DevlaunchError): void {
    this.#flush()
    const told = { event: 'error', code, message: summary, hint, risks, output, command, python }
    void this.#tell([line(told)])
  }

  /** A last line that has no end. */
  #flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#pending[stream]) void this.#tell(logged(`${this.#pending[stream]}\n`, stream))
      this.#pending[stream] = ''
    }
  }

  /** In turn: a reader that is slow still has lines to take when the server has ended. */
  #tell(lines: Iterable<string>): Promise<void> {
    this.#told = this.#told.then(async () => {
      let text = ''
      for (const line of lines) {
        text += line
        if (text.length < atOnce) continue
        await write(process.stdout, text)
        text = ''
      }
      if (text) await write(process.stdout, text)
    })
    return this.#told
  }
}

function line(event: object): string {
  return `${json(event)}\n`
}

/** Each line when it is its turn: a chunk can be 65 536 line ends, and the event of each has 45 characters. */
function* logged(lines: string, stream: Stream): Iterable<string> {
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf('\n', start)
    yield line({ event: 'log', stream, line: lines.slice(start, end) })
    start = end + 1
  }
}

function shown(event: LaunchEvent): object {
  if (event.event === 'planned') return { ...event, plan: withoutSecrets(event.plan) }
  return event.event === 'exit' ? { ...event, error: event.error?.code } : event
}
