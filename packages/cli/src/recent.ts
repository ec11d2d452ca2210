import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { Cleaner, type LaunchOptions, type Stream } from '@devlaunch/core'

/** Characters that are kept, and milliseconds in which the lines come that belong to an answer. */
const most = 64 * 1024
const pause = 50

/** What a server has printed lately, so that a test that fails can show its part of it. */
export class Recent {
  #text = ''
  #start = 0
  readonly #cleaners = { stdout: new Cleaner(), stderr: new Cleaner() }

  /** The same options, and what is printed is noted here too. */
  listen<Options extends LaunchOptions>(options: Options): Options {
    const { onOutput } = options
    return {
      ...options,
      onOutput: (text: string, stream: Stream) => {
        this.#add(stripVTControlCharacters(this.#cleaners[stream].clean(text)))
        return onOutput?.(text, stream)
      },
    }
  }

  /** Where we are now, for `since`. */
  get now(): number {
    return this.#start + this.#text.length
  }

  /** What has been printed from there on; the last of it, where it is long. An answer can overtake its log line. */
  async since(moment: number): Promise<string> {
    await sleep(pause)
    return this.#text.slice(Math.max(0, moment - this.#start)).trim()
  }

  /** To the console, because the test has failed that began then. */
  async printSince(moment: number): Promise<void> {
    const text = await this.since(moment)
    if (text) console.error(`the server has printed since the test began:\n\n${text}`)
  }

  #add(text: string): void {
    const all = this.#text + text
    this.#text = all.slice(-most)
    this.#start += all.length - this.#text.length
  }
}
