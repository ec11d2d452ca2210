/**
 * Removes from a server's output what could do more than be read: cursor movements, titles, the clipboard, links,
 * bidirectional marks, characters that nobody sees. Colours, tabs and line ends stay. What a request put into a log
 * line is an attacker's text. Each piece of the output goes through `clean`, however it was cut.
 *
 * With `edits` what changes the line that is being written stays too, because a debugger's prompt needs it.
 */
export class Cleaner {
  readonly #edits: boolean
  /** What has begun and not ended; of a control string only how it began. */
  #held = ''

  constructor({ edits = false }: { readonly edits?: boolean } = {}) {
    this.#edits = edits
  }

  clean(text: string): string {
    if (this.#held === '' && harmless.test(text)) return text
    const all = this.#held + text
    const start = unfinished(all)
    const rest = all.slice(start)
    this.#held = controlString.test(rest) ? rest.slice(0, 2) : rest
    return all.slice(0, start).replace(sequences, (sequence) => this.#judge(sequence))
  }

  #judge(sequence: string): string {
    if (colour.test(sequence)) return sequence
    if (sequence === '\r\n') return '\n' // a terminal adds its own \r
    if (this.#edits) return edit.test(sequence) ? sequence : ''
    return sequence === '\r' ? '\n' : ''
  }
}

/** A whole text, without colours too. */
export function clean(text: string): string {
  return new Cleaner().clean(text).replace(colours, '')
}

/** Where a sequence starts that the end of the text cuts in two. */
function unfinished(text: string): number {
  const last = text.lastIndexOf('\x1b')
  beginning.lastIndex = last
  if (last >= 0 && beginning.test(text)) return last
  return half.test(text.slice(-1)) ? text.length - 1 : text.length
}

// Every quantifier is bounded, or ends at what can't begin it again: the time is linear in the text. A longer sequence
// than that is none of an honest program's, and is shown as text behind the ESC that is taken away.
const parameters = String.raw`\x1b\[[0-?]{0,100}[ -\/]{0,4}`
// OSC, DCS, SOS, PM, APC. It ends at the line's end at the latest: a request must not hide the lines behind its own.
const string = String.raw`\x1b[\]PX\^_][^\n\x07\x18\x1a\x1b\x9c]*`
const short = String.raw`\x1b[ -\/]{0,4}`
// Not the joiners, which Persian, Hindi and emoji are written with, nor the marks of Arabic numbers, which are seen.
const unseen = String.raw`[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{e0000}-\u{e007f}]--[\t\n\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]]`

const sequences = new RegExp(
  String.raw`${parameters}[@-~]|${string}[\x07\x9c]?|${short}[0-~]|\r\n|${unseen}`,
  'gv',
)
const beginning = new RegExp(`(?:${parameters}|${string}|${short})$`, 'vy')
const controlString = new RegExp(`^${string}$`, 'v')
/** Of \r\n, or of a character beyond U+FFFF. */
const half = /[\r\ud800-\udbff]/
const harmless = /^[\t\n -~]*$/
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what this file is about
const colour = /^\x1b\[[\d;:]*m$/
const colours = /\x1b\[[\d;:]*m/g
const edit = /^(?:\r|\x08|\x07|\x1b\[\d{0,4}[CDGKPX@])$/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above
