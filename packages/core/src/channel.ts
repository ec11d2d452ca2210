import type { Readable } from 'node:stream'
import { clean } from './clean.ts'

/** Characters of a message. The longest are lists of sockets, of a few hundred characters each. */
const longest = 1 << 23

/**
 * The guard's messages, one JSON object per line. What isn't one was sent by some other program, or by a guard that is
 * broken: `onGarbage` is called, once, and nothing more is read.
 */
export function readMessages<Message extends { readonly event: string }>(
  stream: Readable,
  onMessage: (message: Message) => void,
  onGarbage: (text: string) => void,
): void {
  let pending = ''
  const read = (chunk: string) => {
    pending += chunk
    if (pending.length > longest) return giveUp(pending)
    if (!chunk.includes('\n')) return
    const lines = pending.split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) {
      const message = parse(line) as Message | undefined
      if (!message) return giveUp(line)
      onMessage(message)
    }
  }
  const giveUp = (text: string) => {
    stream.off('data', read).resume()
    onGarbage(oneLine(text.slice(0, 60)))
  }
  stream.setEncoding('utf8').on('data', read)
}

function parse(line: string): object | undefined {
  try {
    const value = JSON.parse(line, plain)
    return typeof value?.event === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** A process chooses its own command line and folder, and a person reads them in a terminal. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? oneLine(value).slice(0, 1000) : value
}

function oneLine(text: string): string {
  return clean(text).replace(/[\t\n]+/g, ' ')
}
