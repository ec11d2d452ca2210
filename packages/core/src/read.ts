import { constants, openSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'

/** Bytes of the largest file that a person has written. */
const largest = 1 << 20

/**
 * The text of a file. `undefined` if it can't be read, is too large, or is no file: whoever opens a FIFO waits until
 * somebody writes to it, and /dev/zero has no end.
 */
export async function readText(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => undefined)
  try {
    const found = await file?.stat()
    return found?.isFile() && found.size <= largest ? await file?.readFile('utf8') : undefined
  } catch {
    return undefined
  } finally {
    await file?.close()
  }
}

/** Without opening it: whoever writes to a FIFO is ended when its reader goes away. */
export async function isPipe(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFIFO() ?? false
}

/**
 * The text of a FIFO, `<(command)` for example, when its last writer has closed it. `undefined` if it can't be read, is
 * too large, or has not ended within `timeout` milliseconds or before `signal`.
 */
export async function readPipe(
  path: string,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const over = AbortSignal.any([AbortSignal.timeout(timeout), ...(signal ? [signal] : [])])
  try {
    // Linux says that a FIFO has ended only when it has had a writer: a named one that has none yet is waited for
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const pipe = addAbortSignal(over, new Socket({ fd, readable: true, writable: false }))
    let text = ''
    for await (const piece of pipe.setEncoding('utf8')) {
      text += piece
      if (text.length > largest) return undefined
    }
    return text
  } catch {
    return undefined
  }
}
