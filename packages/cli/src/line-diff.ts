/** A line of a comparison. */
export interface Line {
  readonly mark: ' ' | '+' | '-'
  readonly text: string
}

/** Lines of what stays that are shown around a change. */
const around = 2

/** What becomes of a text, by lines; `undefined` where lines that stay are left out. */
export function lineDiff(before: string, after: string): (Line | undefined)[] {
  const all = compare(lines(before), lines(after))
  const isNear = all.map((_, index) =>
    all.slice(Math.max(0, index - around), index + around + 1).some(({ mark }) => mark !== ' '),
  )
  return all.flatMap((line, index) => {
    if (isNear[index]) return [line]
    return isNear[index - 1] && isNear.includes(true, index) ? [undefined] : []
  })
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
}

/** By the longest common subsequence; a package.json is short. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const length = before.map(() => new Uint32Array(after.length + 1))
  length.push(new Uint32Array(after.length + 1))
  const at = (row: number, column: number) => length[row]?.[column] ?? 0
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const same = before[row] === after[column]
      const longest = same ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
      length[row]?.fill(longest, column, column + 1)
    }
  }
  const all: Line[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const [old = '', text = ''] = [before[row], after[column]]
    if (row < before.length && column < after.length && old === text) {
      all.push({ mark: ' ', text })
      row++
      column++
    } else if (
      row < before.length &&
      (column === after.length || at(row + 1, column) >= at(row, column + 1))
    ) {
      all.push({ mark: '-', text: old })
      row++
    } else {
      all.push({ mark: '+', text })
      column++
    }
  }
  return all
}
