import type { Row } from './campaign.ts'

/** Rows as cells, the headings first. */
export function cells(rows: readonly Row[]): string[][] {
  const [first] = rows
  if (!first) return []
  const head = [...Object.keys(first.what), 'runs', ...Object.keys(first.figures)]
  const body = rows.map(({ what, runs, figures }) => [
    ...Object.values(what),
    runs,
    ...Object.values(figures),
  ])
  return [head, ...body.map((row) => row.map(String))]
}

/** Rows that differ in one heading alone, as one: the sum of what was counted, the worst of what was measured. */
export function fold(rows: readonly Row[], heading: string | undefined): Row[] {
  if (heading === undefined) return [...rows]
  const rest = ({ what }: Row) =>
    Object.fromEntries(Object.entries(what).filter(([name]) => name !== heading))
  const groups = Map.groupBy(rows, (row) => JSON.stringify(rest(row)))
  return [...groups.values()].map((group) => group.map((row) => ({ ...row, what: rest(row) })).reduce(merge))
}

function merge(one: Row, other: Row): Row {
  const figures = Object.entries(one.figures).map(([name, value]) => [
    name,
    add(value, other.figures[name] ?? ''),
  ])
  const misses = [...one.misses, ...other.misses]
  return { what: one.what, runs: one.runs + other.runs, figures: Object.fromEntries(figures), misses }
}

function add(one: string | number, other: string | number): string | number {
  if (typeof one === 'number' && typeof other === 'number') return one + other
  return Number.parseFloat(String(other)) > Number.parseFloat(String(one)) ? other : one
}

/** For a terminal. */
export function aligned(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function markdown([head = [], ...body]: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}
