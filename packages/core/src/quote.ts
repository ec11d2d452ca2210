/** Characters of somebody else's word that a message shows. */
const shown = 100

/**
 * A word of somebody else's for a message: on one line, visible and short. What JSON leaves as it is can still turn
 * the text around it (bidirectional marks) or end a line of a terminal (C1, U+2028).
 */
export function quote(word: unknown): string {
  if (typeof word !== 'string')
    return typeof word === 'number' ? String(word) : `a value of type ${typeof word}`
  const rest = word.length - shown
  const text = JSON.stringify(rest > 0 ? word.slice(0, shown) : word).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/gu,
    (character) => (character === ' ' ? ' ' : escaped(character)),
  )
  return rest > 0 ? `${text} and ${rest} characters more` : text
}

/** The same for a path or a command, which needs no quotes where a person would need none. */
export function show(word: string): string {
  return word.length <= 4 * shown && /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(word) ? word : quote(word)
}

/** As JSON writes a character that it escapes. */
export function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return units.map((unit) => `\\u${unit}`).join('')
}

/** Linux's MAX_ARG_STRLEN, for an argument and for a variable; https://man7.org/linux/man-pages/man2/execve.2.html */
const longest = 128 * 1024

/** Why an operating system can't pass this word on; `undefined` where it can. */
export function unfit(word: string): string | undefined {
  if (word.includes('\0')) return 'it has a NUL character'
  if (!word.isWellFormed()) return 'it has half a character (a lone surrogate)'
  return Buffer.byteLength(word) < longest ? undefined : 'it is longer than 128 KiB'
}
