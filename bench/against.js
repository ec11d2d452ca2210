import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { measureIdle, timeLaunched, timeProgram } from './launched.js'
import { median, spread } from './measure.js'
import { servers } from './servers.js'

/**
 * What has become slower or larger since another commit, in one interleaved run. That one is a clone of its own, built.
 *   npm run bench -- against ../before 20    rounds per row; default 11
 */

const aim = 1.05
const [folder = '', count = '11'] = process.argv.slice(2)
const rounds = Number(count)
const bins = [resolve(folder), join(import.meta.dirname, '..')].map((each) =>
  join(each, 'packages/cli/bin/devlaunch.cjs'),
)
for (const bin of bins)
  if (!existsSync(bin)) throw new Error(`there is no ${bin}: name a clone that is built`)

console.log(`median of ${rounds} interleaved rounds (10th to 90th percentile); aim: ${aim} at most\n`)
console.log('                      before              now                 ratio')
for (const server of servers) await compare(`${server.name}, ready in ms`, (bin) => timeLaunched(bin, server))
await compare('--version, ms', (bin) => timeProgram([bin, '--version']))
await compare('--help, ms', (bin) => timeProgram([bin, '--help']))

/** @type {Awaited<ReturnType<typeof measureIdle>>[][]} */
const idle = bins.map(() => [])
for (let round = 0; round < Math.ceil(rounds / 4); round++) {
  for (const [index, bin] of bins.entries()) idle[index]?.push(await measureIdle(bin))
}
for (const [what, digits] of /** @type {const} */ ([
  ['launcher', 1],
  ['guard', 1],
  ['cpu', 2],
])) {
  const unit = what === 'cpu' ? "guard's processor, %" : `${what}, MB`
  print(
    unit,
    idle.map((all) => all.map((each) => each[what])),
    digits,
  )
}

/** @param {string} what @param {(bin: string) => Promise<number>} time */
async function compare(what, time) {
  /** @type {number[][]} */
  const times = bins.map(() => [])
  for (const bin of bins) await time(bin) // fills the caches
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 ? [1, 0] : [0, 1]
    for (const index of order) times[index]?.push(await time(bins[index] ?? ''))
  }
  print(what, times)
}

/** @param {string} what @param {number[][]} both */
function print(what, both, digits = 0) {
  const [before = [], now = []] = both
  const ratio = median(now) / median(before)
  const verdict = ratio <= aim ? 'ok' : 'over'
  console.log(
    `${what.padEnd(20)}  ${spread(before, digits)}  ${spread(now, digits)}  ${ratio.toFixed(2)} ${verdict}`,
  )
}
