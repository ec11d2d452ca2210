import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { launch } from '@devlaunch/core'
import { isTaken, marked } from '../packages/testkit/src/kernel.ts'
import { makeProject } from '../packages/testkit/src/project.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'
import { mark } from './family.ts'
import { fixtures, modesOf, optionsOf } from './fixtures.ts'

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
      .map(({ age, python }) => ({
        what: { servers: 'every adapter in turn', release: age },
        run: async (runs) => {
          await using folder = await privateFolder()
          if (!short) for (let cycle = 0; cycle < warmup; cycle++) await once(python, cycle)
          const before = stock()
          const ports = []
          for (let cycle = 0; cycle < runs; cycle++) ports.push(await once(python, cycle))
          await new Promise((resolve) => setTimeout(resolve, 500)) // sockets of fetch are closed a moment later
          const after = stock()
          const left = readdirSync(folder.path, { recursive: true, withFileTypes: true })
          const figures = {
            processes: marked(`${mark}=cycles`).length,
            descriptors: Math.max(0, after.descriptors - before.descriptors),
            files: left.filter((entry) => !entry.isDirectory()).length,
            ports: ports.filter(isTaken).length,
            'MB more': Number(Math.max(0, after.memory - before.memory).toFixed(1)),
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
async function once(python: string, cycle: number): Promise<number> {
  const fixture = fixtures[cycle % fixtures.length]
  const mode = fixture && modesOf(fixture).at(-1)
  if (!fixture || !mode) throw new Error('there are no fixtures')
  await using project = await makeProject(fixture.app, python)
  const options = { cwd: project.cwd, python: project.python, env: { [mark]: 'cycles' } }
  await using server = await launch(fixture.adapter, { ...options, ...optionsOf(fixture, mode) })
  return Number(new URL(server.url).port)
}

/** What this process has. */
function stock() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    memory: process.memoryUsage.rss() / 2 ** 20,
  }
}

/** Where everything that is started puts its temporary files, so that nobody else's are counted. */
async function privateFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const { TMPDIR, XDG_RUNTIME_DIR } = process.env
  const path = await mkdtemp(join(tmpdir(), 'devlaunch-cycles-'))
  Object.assign(process.env, { TMPDIR: path, XDG_RUNTIME_DIR: path })
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      for (const [name, value] of Object.entries({ TMPDIR, XDG_RUNTIME_DIR })) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      await rm(path, { recursive: true })
    },
  }
}
