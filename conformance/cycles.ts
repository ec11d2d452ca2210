import { launch } from '@devlaunch/core'
import { leaksOf } from '../packages/testkit/src/leaks.ts'
import { makeProject } from '../packages/testkit/src/project.ts'
import { type Age, servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'
import { fixtures, modesOf, optionsOf, pythonOf } from './fixtures.ts'

/** MB that this process may have grown by. */
const limit = 10

/** Until the caches of Node are filled. */
const warmup = 15

export const cycles: Campaign = {
  name: 'cycles',
  aim: `started and stopped in a row: no process, descriptor, file or port is left, and the launcher grows by less than ${limit} MB`,
  runs: { full: 300, short: 3 },
  seconds: 1,
  cases: (short) =>
    servers()
      .filter(({ age }) => age === 'newest')
      .map(({ age }) => ({
        what: { servers: 'every adapter in turn', release: age },
        run: async (runs) => {
          const options = { warmup: short ? 0 : warmup }
          const left = await leaksOf(runs, async (cycle) => [await once(age, cycle)], options)
          const figures = {
            processes: left.processes.length,
            descriptors: left.descriptors.length,
            files: left.files.length,
            ports: left.ports.length,
            'MB more': Number(Math.max(0, left.memory / 2 ** 20).toFixed(1)),
          }
          const { 'MB more': memory, ...things } = figures
          const misses = Object.entries(things).flatMap(([what, count]) =>
            count > 0 ? [`${count} ${what} left`] : [],
          )
          // a few runs fill caches and show nothing about memory
          if (!short && memory >= limit) misses.push(`${memory} MB more`)
          return { figures, misses }
        },
      })),
}

/** The port that it had. */
async function once(age: Age, cycle: number): Promise<number> {
  const fixture = fixtures[cycle % fixtures.length]
  const mode = fixture && modesOf(fixture).at(-1)
  if (!fixture || !mode) throw new Error('there are no fixtures')
  await using project = await makeProject(fixture.app, pythonOf(fixture, age))
  const options = { cwd: project.cwd, python: project.python, ...optionsOf(fixture, mode) }
  await using server = await launch(fixture.adapter, options)
  return Number(new URL(server.url).port)
}
