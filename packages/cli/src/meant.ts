/** The name that a mistyped word was meant to be, if one is near. */
export function meant(word: string, names: readonly string[]): string | undefined {
  return names.find((each) => (word && each.startsWith(word)) || edits(word, each) <= 2)
}

/** How many letters must be added, taken out or replaced to make one word of the other. */
function edits(from: string, to: string): number {
  if (!from || !to) return from.length + to.length
  const rest = [from.slice(1), to.slice(1)] as const
  if (from[0] === to[0]) return edits(...rest)
  if (Math.abs(from.length - to.length) > 2) return 3
  return 1 + Math.min(edits(...rest), edits(rest[0], to), edits(from, rest[1]))
}
