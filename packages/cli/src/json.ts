import { escaped } from '@devlaunch/core'

/** In one line, also for readers that end a line at U+2028 or U+0085, and with nothing in it that a terminal obeys. */
export function json(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent)
  return plain.test(text) ? text : text.replace(unseen, escaped)
}

const plain = /^[\n -~]*$/
/** JSON.stringify has escaped U+0000 to U+001F and halves of surrogates; the line ends that are left are its own. */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
