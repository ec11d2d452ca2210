import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { campaigns } from './campaigns.ts'
import { machine } from './machine.ts'
import { recall } from './results.ts'
import { cells, fold, markdown } from './table.ts'

const file = join(import.meta.dirname, '../docs/guarantees.md')

/** Puts the results that are kept into docs/guarantees.md, each between the markers with the campaign's name. */
export function write(): void {
  let text = readFileSync(file, 'utf8')
  for (const { name, aim, folded } of campaigns) {
    const result = recall(name)
    if (!result) continue
    const kept = result.rows.every(({ misses }) => misses.length === 0)
    const verdict = kept
      ? 'Kept.'
      : `**Not kept**: ${result.rows.filter(({ misses }) => misses.length > 0).length} rows.`
    text = between(
      text,
      name,
      `Aim: ${aim}. ${verdict} ${result.date}.\n\n${markdown(cells(fold(result.rows, folded)))}`,
    )
  }
  writeFileSync(file, between(text, 'machine', machine()))
}

function between(text: string, name: string, block: string): string {
  const start = `<!-- ${name} -->\n`
  const end = `<!-- /${name} -->`
  const [before, rest] = split(text, start)
  const [, after] = split(rest, end)
  return `${before}${start}\n${block}\n\n${end}${after}`
}

function split(text: string, marker: string): [string, string] {
  const index = text.indexOf(marker)
  if (index < 0) throw new Error(`${file} has no ${marker.trim()}`)
  return [text.slice(0, index), text.slice(index + marker.length)]
}
