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
