import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign, Case } from './campaign.ts'
import { Family, mark } from './family.ts'
import { milliseconds, randomFrom, seedOf, worst } from './figures.ts'
import { type Fault, makeSuiteProject, testsPerFile } from './suite-project.ts'

/** Files, each with a server of its own, and workers that run them at once. */
const full = { files: 40, workers: 8, watch: 4 }
const small = { files: 8, workers: 4, watch: 2 }
type Size = typeof full

/** How a run of vitest ends: by itself, or by a SIGKILL in its middle. */
type End = 'by itself' | 'SIGKILL'

const tried: readonly (readonly [Fault, End])[] = [
  ['nothing', 'by itself'],
  ['nothing', 'SIGKILL'],
  ['a test times out', 'by itself'],
  ['a test times out', 'SIGKILL'],
  ['set-up throws', 'by itself'],
]

export const suite: Campaign = {
  name: 'suite',
  aim: `${full.files * testsPerFile} tests over ${full.files} servers in ${full.workers} vitest workers: no two servers with one port, no answer of another's, nobody left`,
  runs: { full: 5, short: 1 },
  seconds: 60,
  cases: (short) => tried.map(([fault, end]) => suiteCase(fault, end, short ? small : full)),
}

function suiteCase(fault: Fault, end: End, size: Size): Case {
  return {
    what: { 'in each file': fault, ends: end },
    run: async (runs) => {
      const random = randomFrom(seedOf(fault + end))
      const seen = { tests: 0, servers: 0, collisions: 0, 'wrong owners': 0, survivors: 0 }
      const times: number[] = []
      const misses: string[] = []
      for (let run = 0; run < runs; run++) {
        const once = await runSuite(fault, end, size, random())
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += once[key]
        times.push(once.time)
        misses.push(...once.misses)
      }
      return { figures: { ...seen, 'last one gone': milliseconds(worst(times)) }, misses }
    },
  }
}

/** One line of what the tests note. */
interface Note {
  readonly file: number
  readonly url: string
  readonly own: boolean
  readonly at: number
}

async function runSuite(fault: Fault, end: End, size: Size, share: number) {
  const python = servers().find(({ age }) => age === 'newest')?.python ?? ''
  await using project = await makeSuiteProject(size.files, python, fault)
  const family = new Family()
  const wanted = size.files * testsPerFile
  try {
    const runner = startVitest(project.path, size.workers, family.mark)
    const ended = once(runner, 'close')
    if (end === 'SIGKILL') {
      const moment = Math.ceil(wanted * (0.1 + 0.7 * share))
      while (notesOf(project.notes).length < moment && runner.exitCode === null) await sleep(20)
      family.look()
      runner.kill('SIGKILL')
    }
    const [code] = await ended
    const { survivors, time } = await family.watch(size.watch)
    const notes = notesOf(project.notes)
    const figures = {
      tests: notes.length,
      servers: new Set(notes.map(({ url, file }) => `${file} ${url}`)).size,
      collisions: collisionsOf(notes),
      'wrong owners': notes.filter(({ own }) => !own).length,
      survivors: survivors.length,
    }
    const misses = survivors.map(({ pid, command }) => `${fault}, ${end}: pid ${pid} lives (${command})`)
    if (figures.collisions > 0) misses.push(`${fault}, ${end}: ${figures.collisions} ports twice`)
    if (figures['wrong owners'] > 0) misses.push(`${fault}, ${end}: ${figures['wrong owners']} wrong owners`)
    if (end === 'by itself' && code !== (fault === 'nothing' ? 0 : 1))
      misses.push(`${fault}: vitest ended with ${code}`)
    if (end === 'by itself' && fault !== 'set-up throws' && notes.length !== wanted)
      misses.push(`${fault}: ${notes.length} of ${wanted} tests ran`)
    return { ...figures, time, misses }
  } finally {
    family.end()
  }
}

/** Servers that had the same port while both were alive. */
function collisionsOf(notes: readonly Note[]): number {
  const groups = Map.groupBy(notes, ({ file, url }) => `${file} ${url}`)
  const lives = [...groups.values()].map((group) => ({
    url: group[0]?.url,
    from: Math.min(...group.map(({ at }) => at)),
    to: Math.max(...group.map(({ at }) => at)),
  }))
  const pairs = lives.flatMap((one, index) => lives.slice(index + 1).map((other) => [one, other] as const))
  return pairs.filter(([one, other]) => one.url === other.url && one.from <= other.to && other.from <= one.to)
    .length
}

function notesOf(file: string): Note[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

/** From the sources, as the campaign itself. */
function startVitest(cwd: string, workers: number, text: string) {
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(?:VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name),
  )
  return spawn(
    process.execPath,
    [join(cwd, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=dot', '--maxWorkers', `${workers}`],
    {
      cwd,
      env: { ...Object.fromEntries(ours), NODE_OPTIONS: '--conditions=@devlaunch/source', [mark]: text },
      stdio: 'ignore',
    },
  )
}
