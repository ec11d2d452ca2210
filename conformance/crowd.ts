import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, type Server } from '@devlaunch/core'
import { http } from '@devlaunch/http'
import { descendants, listening, parentOf } from '../packages/testkit/src/kernel.ts'
import { makeProject } from '../packages/testkit/src/project.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign, Case, Outcome } from './campaign.ts'
import { fixtures, modesOf, optionsOf, pythonOf } from './fixtures.ts'

/** How many start at once; a tenth of it in the short form, where the adapter's own test has the small ones. */
const small = 300
const real = 40

/** Milliseconds: as many as that share two cores. */
const timeout = 600_000

export const crowd: Campaign = {
  name: 'crowd',
  aim: `${small} small and ${real} real servers at once: no two with one port, each answered by its own processes`,
  runs: { full: 3, short: 1 },
  seconds: 30,
  cases: (short) => {
    const share = short ? 0.1 : 1
    return servers()
      .filter(({ age }) => age === 'newest')
      .flatMap(({ python }) => [
        ...(short ? [] : [smallOnes(python)]),
        {
          what: { launches: `${real * share}, every adapter` },
          run: (runs) => repeated(runs, () => mixed(real * share)),
        },
      ])
  },
}

function smallOnes(python: string): Case {
  return {
    what: { launches: `${small}, http` },
    run: (runs) => repeated(runs, () => files(python, small)),
  }
}

interface Seen {
  readonly servers: number
  readonly collisions: number
  readonly strangers: number
}

async function repeated(runs: number, once: () => Promise<Seen>): Promise<Outcome> {
  const seen: Seen[] = []
  for (let run = 0; run < runs; run++) seen.push(await once())
  const sum = (figure: keyof Seen) => seen.reduce((total, each) => total + each[figure], 0)
  const figures = { ready: sum('servers'), collisions: sum('collisions'), 'wrong owners': sum('strangers') }
  const misses = figures.collisions + figures['wrong owners'] > 0 ? [JSON.stringify(figures)] : []
  return { figures, misses }
}

/** Each serves a folder with a word of its own. */
async function files(python: string, count: number): Promise<Seen> {
  const folder = await mkdtemp(join(tmpdir(), 'devlaunch-crowd-'))
  const folders = await Promise.all(Array.from({ length: count }, () => mkdtemp(join(folder, 'site-'))))
  await Promise.all(folders.map((site) => writeFile(join(site, 'index.html'), site)))
  const all = await Promise.all(folders.map((directory) => launch(http, { directory, python, timeout })))
  const seen = await look(all, async ({ url }, index) => (await body(url)) === folders[index])
  await rm(folder, { recursive: true })
  return seen
}

/** Each answers with the number of its process. */
async function mixed(count: number): Promise<Seen> {
  const asked = fixtures.filter(({ app }) => app !== 'files')
  const projects = await Promise.all(asked.map((each) => makeProject(each.app, pythonOf(each, 'newest'))))
  const starts = Array.from({ length: count }, (_, index) => {
    const fixture = asked[index % asked.length]
    const project = projects[index % asked.length]
    const mode = fixture && modesOf(fixture).at(Math.floor(index / asked.length) % modesOf(fixture).length)
    if (!fixture || !project || !mode) throw new Error('there are no fixtures')
    return launch(fixture.adapter, {
      cwd: project.cwd,
      python: project.python,
      timeout,
      ...optionsOf(fixture, mode),
    })
  })
  const seen = await look(await Promise.all(starts), async ({ url, pid }) => {
    const answering = Number(await body(`${url}/pid`))
    return descendants(parentOf(pid)).some((each) => each.pid === answering)
  })
  for (const project of projects) await project[Symbol.asyncDispose]()
  return seen
}

async function look(
  all: Server[],
  isOwn: (server: Server, index: number) => Promise<boolean>,
): Promise<Seen> {
  const own = await Promise.all(all.map(isOwn))
  const alone = all.filter(
    ({ pid, url }) => String(listening(descendants(parentOf(pid)))) === new URL(url).host,
  )
  await Promise.all(all.map((server) => server.stop()))
  const ports = new Set(all.map(({ url }) => url))
  return {
    servers: all.length,
    collisions: all.length - ports.size,
    strangers: own.filter((each) => !each).length + all.length - alone.length,
  }
}

async function body(url: string): Promise<string> {
  return (await fetch(url)).text()
}
