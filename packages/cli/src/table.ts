import { stripVTControlCharacters } from 'node:util'

/** Columns of a terminal, as most of them are opened. */
const screen = 80

/** A left column that is wider gets a line of its own. */
const widest = 28

/** Two columns for a screen: what is too long goes on below, in the right one. For texts that nobody copies. */
export function wrapped(rows: Rows): string {
  const width = leftColumn(rows)
  const next = `\n${' '.repeat(width + 4)}`
  const text = ([left, right]: Rows[number]) => {
    const lines = wrap(left, screen - 2).join('\n  ')
    const start = left.length > width ? lines + next : `${left.padEnd(width)}  `
    return `  ${start}${wrap(right, screen - width - 4).join(next)}`
  }
  return rows.map(text).join('\n')
}

/** Two columns. Without `columns` a line for each row, however long, so that a command can be copied. */
export function table(rows: Rows, columns = Number.POSITIVE_INFINITY): string {
  const width = leftColumn(rows)
  const pad = (left: string) => left + ' '.repeat(Math.max(0, width - length(left)))
  // the name of a folder can have a line end in it, and must not begin another row
  const under = `\n${' '.repeat(width + 2)}`
  const fold = (text: string, width: number) => text.split('\n').flatMap((line) => wrap(line, width))
  const room = columns - width - 2
  const row = ([left, right]: Rows[number]) => {
    const longest = Math.max(...right.split(/\s/).map(length))
    // a long address on a narrow screen is whole below its name
    if (longest > room && longest <= columns - 2)
      return `${left}\n  ${fold(right, columns - 2).join('\n  ')}\n`
    return `${pad(left)}  ${fold(right, room).join(under)}\n`
  }
  return rows.map(row).join('')
}

export type Rows = readonly (readonly [left: string, right: string])[]

function leftColumn(rows: Rows): number {
  return Math.max(0, ...rows.map(([left]) => length(left)).filter((each) => each <= widest))
}

function length(text: string): number {
  return stripVTControlCharacters(text).length
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && length(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
