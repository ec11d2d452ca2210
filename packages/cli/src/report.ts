import { Cleaner, type DevlaunchError, type LaunchEvent, type Stream, withoutSecrets } from '@devlaunch/core'
import { json } from './json.ts'
import { write } from './write.ts'

/** Characters of a line that are waited for. */
const longest = 65_536

/** Events in one write: a chunk of nothing but line ends has 65 536. */
const atOnce = 200

/** `--json`: one event per line, on stdout, and nothing else there. */
export class JsonReport {
  readonly #cleaners = { stdout: new Cleaner(), stderr: new Cleaner() }
  readonly #pending = { stdout: '', stderr: '' }

  event(event: LaunchEvent): void {
    if (event.event === 'guard') return
    if (event.event === 'exit') this.#flush()
    void tell([shown(event)])
  }

  async output(text: string, stream: Stream): Promise<void> {
    const lines = (this.#pending[stream] + this.#cleaners[stream].clean(text)).split('\n')
    const rest = lines.pop() ?? ''
    // a line without an end is told in pieces, or it would be searched again with every byte
    if (rest.length > longest) lines.push(rest)
    this.#pending[stream] = rest.length > longest ? '' : rest
    for (let at = 0; at < lines.length; at += atOnce) {
      await tell(lines.slice(at, at + atOnce).map((line) => ({ event: 'log', stream, line })))
    }
  }

  error({ code, summary, hint, risks, output, command, python }: DevlaunchError): void {
    this.#flush()
    void tell([{ event: 'error', code, message: summary, hint, risks, output, command, python }])
  }

  /** A last line that has no end. */
  #flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#pending[stream]) void tell([{ event: 'log', stream, line: this.#pending[stream] }])
      this.#pending[stream] = ''
    }
  }
}

function shown(event: LaunchEvent): object {
  if (event.event === 'planned') return { ...event, plan: withoutSecrets(event.plan) }
  return event.event === 'exit' ? { ...event, error: event.error?.code } : event
}

function tell(events: readonly object[]): Promise<void> {
  return write(process.stdout, events.map((event) => `${json(event)}\n`).join(''))
}
