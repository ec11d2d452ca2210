import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch } from '@devlaunch/core'
import { wsgi } from '@devlaunch/wsgi'
import { descendants, type Life, parentOf, survivors } from '../packages/testkit/src/kernel.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'
import { milliseconds, percentile, randomFrom, seedOf, worst } from './figures.ts'

/** Milliseconds from `listen()` to the death of the last process, for 95 of 100. */
const limit = 60

/** Milliseconds after which a listener counts as not found. */
const patience = 3000

export const late: Campaign = {
  name: 'late',
  aim: `a wide listener that no hook sees, at a random moment: each is found, and 95 % of the trees are dead ${limit} ms after listen()`,
  runs: { full: 50, short: 1 },
  seconds: 1.2,
  cases: (short) =>
    servers()
      .filter(({ age }) => !short || age === 'newest')
      .flatMap(({ age, python }) =>
        ['v4', 'v6', 'implicit', 'ctypes', 'daemon', 'udp'].map((how) => ({
          what: { opened: how, release: age },
          run: async (runs) => {
            const random = randomFrom(seedOf(`${how} ${age}`))
            const times: (number | undefined)[] = []
            for (let run = 0; run < runs; run++) times.push(await once(python, how, random(), short))
            const found = times.filter((time) => time !== undefined)
            const p95 = percentile(found, 0.95)
            const misses = found.length < runs ? [`${how}, ${age}: ${found.length} of ${runs} found`] : []
            // among the tests the machine is busy, and a few runs have no percentile
            if (!short && p95 > limit) misses.push(`${how}, ${age}: p95 is ${milliseconds(p95)}`)
            const [median, most] = [percentile(found, 0.5), worst(found)].map(milliseconds)
            return {
              figures: {
                found: found.length,
                median: median ?? '',
                p95: milliseconds(p95),
                worst: most ?? '',
              },
              misses,
            }
          },
        })),
      ),
}

/** Milliseconds from `listen()` to the death of the last process; `undefined` if it was let alone. */
async function once(python: string, how: string, delay: number, short: boolean): Promise<number | undefined> {
  let output = ''
  await using server = await launch(wsgi, {
    app: 'late',
    cwd: join(import.meta.dirname, 'apps'),
    python,
    onOutput: (text) => {
      output += text
    },
  })
  const guard = parentOf(server.pid)
  await fetch(`${server.url}/?how=${how}&delay=${delay.toFixed(3)}`)
  const dead = await deathOf(guard, delay * 1000 + (short ? 20_000 : patience))
  if (dead === undefined) return undefined
  const { error } = await server.exited // with the last of its output
  const opened = /^opened (\d+)$/m.exec(output)?.[1]
  if (opened === undefined && error?.code === 'EXPOSED') return 0 // between listen() and its next line
  if (opened === undefined) throw new Error(`${how}: the server ended before anything was opened:\n${output}`)
  // both are the system's monotonic clock: Python's time.monotonic_ns(), libuv's uv_hrtime()
  return Number(dead - BigInt(opened)) / 1e6
}

/** When the last process below the guard was dead. */
async function deathOf(guard: number, time: number): Promise<bigint | undefined> {
  const deadline = performance.now() + time
  let tree: Life[] = []
  for (let look = 0; performance.now() < deadline; look++) {
    // the list of all processes is long to read: often enough to see the opener before it opens
    if (look % 20 === 0) tree = union(tree, descendants(guard))
    tree = survivors(tree)
    if (tree.length === 0) return process.hrtime.bigint()
    await sleep(1)
  }
  return undefined
}

/** A look that takes long makes the end late. */
function union(known: readonly Life[], found: readonly Life[]): Life[] {
  const isKnown = ({ pid, started }: Life) =>
    known.some((each) => each.pid === pid && each.started === started)
  return [...known, ...found.filter((each) => !isKnown(each))]
}
