/**
 * Removes from a server's output what could do more than be read: cursor movements, titles, the clipboard, links,
 * bidirectional marks. Colours, tabs and line ends stay. What a request put into a log line is an attacker's text.
 *
 * In a terminal the edits within a line stay too, because a debugger's prompt needs them.
 */
export class Cleaner {
  readonly #edits: boolean
  #held = ''

  constructor(edits: boolean) {
    this.#edits = edits
  }

  clean(text: string): string {
    const all = this.#held + text
    const start = unfinished.exec(all)?.index ?? all.length
    const cut = all.length - start > longest ? all.length : start
    this.#held = all.slice(cut)
    return all.slice(0, cut).replace(sequences, (sequence) => this.#judge(sequence))
  }

  #judge(sequence: string): string {
    if (colour.test(sequence)) return sequence
    if (sequence === '\r\n') return '\n' // our terminal adds its own \r
    if (this.#edits) return edit.test(sequence) ? sequence : ''
    return sequence === '\r' ? '\n' : ''
  }
}

/** A sequence that is longer than any honest one isn't waited for. */
const longest = 4096

const controlSequence = String.raw`\x1b\[[0-?]*[ -/]*[@-~]`
const controlString = String.raw`\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)`
const single = String.raw`\r\n|[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`
const sequences = new RegExp(`${controlSequence}|${controlString}|\\x1b[ -/]*[0-~]|${single}`, 'g')
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what this file is about
const unfinished = /(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?|\r)$/
const colour = /^\x1b\[[\d;:]*m$/
const edit = /^(?:\r|\x08|\x07|\x1b\[\d*[CDGKPX@])$/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above
