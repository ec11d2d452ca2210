import { Cleaner } from '@devlaunch/core'

/**
 * Begins every line of ours while a server runs. In what a server prints it becomes `|`, wherever it stands, so that no
 * line can imitate ours, not even one that is put together with a terminal's edits.
 *
 * U+2590, right half block: every console font has it (it is in code page 437), it is one column wide in East Asia too
 * (where U+258C, the left half, is two), and progress bars are drawn with the left ones.
 */
const mark = '▐'

/** On a line of its own, in our own colours: a server may have left half a line, and its text invisible. */
export function ours(text: string, { isTTY }: { readonly isTTY?: boolean }): string {
  const lines = theirs(new Cleaner().clean(`${text.trimEnd()}\n`))
    .split('\n')
    .slice(0, -1)
  return `${isTTY ? '\x1b[m' : ''}\n${lines.map((line) => `${mark} ${line}`.trimEnd()).join('\n')}\n`
}

export function theirs(text: string): string {
  return text.replaceAll(mark, '|')
}

/** The waiting line, which is drawn again and again in the same place. */
export function ourLine(text: string): string {
  return `${mark} ${text}`
}
