/** The name that a mistyped word was meant to be, if one is near. */
export function meant(word: string, names: readonly string[]): string | undefined {
  return names.find((each) => (word && each.startsWith(word)) || edits(word, each) <= 2)
}

/** How many letters must be added, taken out or replaced to make one word of the other (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: [...to].length + 1 }, (_, index) => index)
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1]
    for (const [index, other] of [...to].entries()) {
      const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
