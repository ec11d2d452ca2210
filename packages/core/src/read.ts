import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

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
