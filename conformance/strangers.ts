import { setTimeout as sleep } from 'node:timers/promises'
import { DevlaunchError, type LaunchOptions, launch, type Server } from '@devlaunch/core'
import { freePort } from '../packages/testkit/src/free-port.ts'
import { makeProject, type Project } from '../packages/testkit/src/project.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign, Case } from './campaign.ts'
import { randomFrom, seedOf } from './figures.ts'
import { type Fixture, fixtures, type Mode, modesOf, optionsOf, pythonOf } from './fixtures.ts'
import { greeting, places, Stranger } from './stranger.ts'

/** Milliseconds after the start in which somebody else may come. */
const window = 1500

/** Milliseconds: several looks of the guard, on a busy machine. */
const looks = 200

/** Milliseconds: a guard that comes late rests up to 1 s (core/guard/guard.py), and may then come late again. */
const longestRest = 5000

/** Milliseconds in which a reloader sees that a source was saved, at the latest. */
const reloads = 5000

const moments = ['before the start', 'during the start', 'during a reload'] as const
type Moment = (typeof moments)[number]

export const strangers: Campaign = {
  name: 'strangers',
  aim: 'somebody else on the port: never taken for the server, and told where the port is lost during a reload',
  runs: { full: 34, short: 1 },
  seconds: 2,
  cases: (short) =>
    moments.flatMap((moment) =>
      Object.keys(places)
        .filter((place) => !short || place === '127.0.0.1')
        .map((place) => tried(moment, place)),
    ),
}

function tried(moment: Moment, place: string): Case {
  return {
    what: { stranger: place, comes: moment },
    run: async (runs) => {
      const random = randomFrom(seedOf(moment + place))
      const seen = { listened: 0, ready: 0, refused: 0, told: 0, 'taken for ours': 0 }
      const misses: string[] = []
      for (let run = 0; run < runs; run++) {
        const { environment, fixture, mode } = chosen(moment, run)
        await using project = await makeProject(fixture.app, pythonOf(fixture, environment.age))
        const once = new Encounter(project, fixture, mode, await freePort(), place)
        await once[moment](random() * window)
        for (const each of once.seen) seen[each]++
        if (once.seen.has('taken for ours'))
          misses.push(`${moment}, ${place}, ${fixture.adapter.name} ${mode.name}`)
      }
      return { figures: seen, misses }
    },
  }
}

/** Every adapter and release in turn; only some reload. */
function chosen(moment: Moment, run: number) {
  const environment = servers()[run % 2]
  const able = fixtures.filter((fixture) => moment !== 'during a reload' || hasReload(fixture))
  const fixture = able[Math.floor(run / 2) % able.length]
  const mode =
    fixture && modesOf(fixture).find(({ name }) => name === (hasReload(fixture) ? 'reload' : 'plain'))
  if (!environment || !fixture || !mode) throw new Error('there are no fixtures')
  return { environment, fixture, mode }
}

function hasReload(fixture: Fixture): boolean {
  return modesOf(fixture).some(({ name }) => name === 'reload')
}

type Sight = 'listened' | 'ready' | 'refused' | 'told' | 'taken for ours'

/** One start of a server, and somebody who wants its port. */
class Encounter {
  readonly seen = new Set<Sight>()
  readonly #project: Project
  readonly #start: () => Promise<Server>
  readonly #wish: object

  constructor(project: Project, fixture: Fixture, mode: Mode, port: number, place: string) {
    this.#project = project
    this.#wish = { ...places[place], port }
    const options: LaunchOptions = {
      cwd: project.cwd,
      python: project.python,
      port,
      strictPort: true,
      onEvent: (event) => {
        if (event.event === 'strangers' && event.sockets.length > 0) this.seen.add('told')
      },
      ...optionsOf(fixture, mode),
    }
    this.#start = () => launch(fixture.adapter, options)
  }

  async 'before the start'(): Promise<void> {
    await using stranger = new Stranger()
    await stranger.insist(this.#wish)
    await using server = await this.#launch()
    await this.#ask(stranger, server)
  }

  async 'during the start'(moment: number): Promise<void> {
    await using stranger = new Stranger()
    const start = this.#launch()
    await sleep(moment)
    const coming = stranger.insist(this.#wish)
    await using server = await start
    const ready = performance.now()
    await Promise.race([coming, sleep(50)])
    await sleep(looks)
    await this.#ask(stranger, server)
    // told at once would be too late for one that had been there all the time
    const wasInTheWay = stranger.since < ready - looks && this.seen.has('told')
    if (server && wasInTheWay) this.seen.add('taken for ours')
  }

  async 'during a reload'(): Promise<void> {
    await using server = await this.#launch()
    if (!server) return
    const before = await body(`${server.url}/pid`)
    await using stranger = new Stranger()
    await this.#project.save()
    void stranger.insist(this.#wish)
    const deadline = performance.now() + reloads
    const isBefore = async () => [before, undefined].includes(await body(`${server.url}/pid`))
    while ((await isBefore()) && performance.now() < deadline) await sleep(20)
    await sleep(looks)
    await this.#ask(stranger, server, longestRest)
  }

  async #launch(): Promise<Server | undefined> {
    try {
      const server = await this.#start()
      this.seen.add('ready')
      return server
    } catch (error) {
      if (!(error instanceof DevlaunchError) || error.code !== 'PORT_TAKEN') throw error
      this.seen.add('refused')
      return undefined
    }
  }

  /** Who answers where devlaunch says that the server is? */
  async #ask(stranger: Stranger, server: Server | undefined, patience = 0): Promise<void> {
    if (stranger.listens) this.seen.add('listened')
    if (!server) return
    const answers = await Promise.all([1, 2, 3, 4].map(() => body(server.url)))
    if (!answers.includes(greeting)) return
    for (let wait = 0; wait < patience && !this.seen.has('told'); wait += looks) await sleep(looks)
    if (!this.seen.has('told')) this.seen.add('taken for ours')
  }
}

async function body(url: string): Promise<string | undefined> {
  const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(2000) }
  return fetch(url, options)
    .then((response) => response.text())
    .catch(() => undefined)
}
