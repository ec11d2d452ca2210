import { styleText } from 'node:util'
import { lineDiff } from './line-diff.ts'
import type { Proposal } from './propose.ts'
import { table } from './table.ts'

/** What was found, and the change: 80 columns, and colours only in a terminal. */
export function showChange(
  proposals: readonly Proposal[],
  name: string,
  before: string,
  after: string,
): string {
  const rows = proposals.map((each) => [each.name, `${each.definition.server}: ${each.evidence}`] as const)
  const diff = lineDiff(before, after).map((line) => {
    if (!line) return '    ...'
    const text = `${line.mark} ${line.text}`.trimEnd()
    const short = text.length > 80 ? `${text.slice(0, 77)}...` : text
    const colour = line.mark === '+' ? 'green' : 'red'
    return line.mark === ' ' ? short : styleText(colour, short, { stream: process.stdout })
  })
  return `${table(rows)}\n${before ? '' : 'new: '}${name}\n${diff.join('\n')}\n`
}
