import type { Readable } from 'node:stream'
import { types } from 'node:util'

/** Milliseconds that a reader is waited for while the server ends: its last words must not wait for ever. */
const longest = 100

/** Reads no further before what was read has been used: before the promise that `use` returned, if it is one. */
export function pace(stream: Readable, ending: Promise<void>, use: (text: string) => unknown): void {
  let hurry = false
  const goOn = () => void stream.resume()
  stream.on('data', (text: string) => {
    const used = use(text)
    if (!types.isPromise(used)) return
    stream.pause()
    void used.finally(goOn)
    if (hurry) setTimeout(goOn, longest)
  })
  void ending.then(() => {
    hurry = true
    goOn()
  })
}
