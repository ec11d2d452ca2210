import { Cleaner } from '@devlaunch/core'
import { showsUnicode } from './look.ts'

/**
 * Begins every line of ours while a server runs. In what a server prints it becomes another character, wherever it
 * stands, so that no line can imitate ours, not even one that is put together with a terminal's edits.
 *
 * U+2590, right half block: every console font has it (it is in code page 437), it is one column wide in East Asia too
 * (where U+258C, the left half, is two), and progress bars are drawn with the left ones.
 *
 * A terminal whose locale isn't UTF-8 gets ASCII: the last of U+2590's three bytes is 0x90 there, which begins a control
 * string (ECMA-48, DCS) and hides what follows.
 */
const marks = {
  unicode: { mark: '▐', reserved: /▐/g, instead: '|' },
  ascii: { mark: '|', reserved: /[▐|]/g, instead: '!' },
} as const

/** What our lines are for. */
type Target = { readonly isTTY?: boolean }

function marksOf(stream: Target) {
  return showsUnicode(stream) ? marks.unicode : marks.ascii
}

/** On a line of its own, in our own colours: a server may have left half a line, and its text invisible. */
export function ours(text: string, stream: Target): string {
  const lines = new Cleaner()
    .clean(`${text.trimEnd()}\n`)
    .replaceAll(marks.unicode.mark, marks.unicode.instead)
    .split('\n')
    .slice(0, -1)
  return `${stream.isTTY ? '\x1b[m' : ''}\n${lines.map((line) => ourLine(line, stream).trimEnd()).join('\n')}\n`
}

export function theirs(text: string, stream: Target): string {
  const { reserved, instead } = marksOf(stream)
  return text.replace(reserved, instead)
}

/** Also the waiting line, which is drawn again and again in the same place. */
export function ourLine(text: string, stream: Target): string {
  return `${marksOf(stream).mark} ${text}`
}
