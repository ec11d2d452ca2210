import { parseArgs } from 'node:util'
import type { Campaign, Case, Row } from './campaign.ts'
import { campaigns } from './campaigns.ts'
import { write } from './document.ts'
import { forget, keep, recall } from './results.ts'
import { aligned, cells } from './table.ts'

/**
 * Tries the promises as the table in docs/guarantees.md says, and prints what came of it.
 *   npm run conformance -- kill strangers --runs 10
 *   npm run conformance -- --short       a few runs of each
 *   npm run conformance -- --resume      goes on after an interruption
 *   npm run conformance -- --write       and puts every result that is kept into the document
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    short: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter((word) => !campaigns.some(({ name }) => name === word))
if (unknown.length > 0) {
  console.error(
    `No campaign ${unknown.join(', ')}. There are ${campaigns.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}
const wanted = campaigns.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const misses: string[] = []
for (const campaign of wanted) misses.push(...(await runCampaign(campaign)))
if (values.write) write()
console.log(
  misses.length === 0 ? '\nEvery aim is kept.' : `\nMissed ${misses.length} times:\n${misses.join('\n')}`,
)
process.exitCode = misses.length === 0 ? 0 : 1

async function runCampaign(campaign: Campaign): Promise<readonly string[]> {
  const { name, aim } = campaign
  const cases = campaign.cases(values.short)
  const runs = Number(values.runs ?? (values.short ? campaign.runs.short : campaign.runs.full))
  const minutes = (cases.length * runs * campaign.seconds) / 60
  console.log(
    `\n${name}: ${aim}\n${cases.length} cases, ${runs} runs each, about ${Math.ceil(minutes)} min\n`,
  )
  const before = values.resume ? (recall(name)?.rows ?? []) : []
  if (!values.resume) forget(name)
  const rows: Row[] = []
  for (const each of cases) {
    const row = before.find((row) => isOf(row, each) && row.runs === runs) ?? (await runCase(each, runs))
    rows.push(row)
    console.log(describe(row))
    keep({ name, date: new Date().toISOString().slice(0, 10), rows })
  }
  console.log(`\n${aligned(cells(rows))}`)
  return rows.flatMap((row) => row.misses.map((miss) => `${name}: ${miss}`))
}

async function runCase({ what, run }: Case, runs: number): Promise<Row> {
  return { what, runs, ...(await run(runs)) }
}

function isOf({ what }: Row, { what: other }: Case): boolean {
  return JSON.stringify(what) === JSON.stringify(other)
}

function describe({ what, runs, figures, misses }: Row): string {
  const measured = Object.entries(figures).map(([heading, value]) => `${heading} ${value}`)
  return `${misses.length === 0 ? 'ok  ' : 'MISS'}  ${Object.values(what).join(' ')}: ${runs} runs, ${measured.join(', ')}`
}
