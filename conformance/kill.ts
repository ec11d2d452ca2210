import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { wordsOf } from '../packages/testkit/src/fixture.ts'
import { freePort } from '../packages/testkit/src/free-port.ts'
import { descendants } from '../packages/testkit/src/kernel.ts'
import { makeProject, type Project } from '../packages/testkit/src/project.ts'
import { type Environment, servers } from '../packages/testkit/src/servers.ts'
import type { Campaign, Case } from './campaign.ts'
import { type Command, command } from './command.ts'
import { endAll, Family } from './family.ts'
import { milliseconds, randomFrom, seedOf, worst } from './figures.ts'
import { type Fixture, fixtures, type Mode, modesOf, pythonOf } from './fixtures.ts'
import { pool } from './pool.ts'

/** Seconds: when the signal comes at the latest, and how long survivors are looked for after it. */
const window = 2
const watch = { full: 2.5, short: 2 }

/** Milliseconds in which nobody must be left. */
const limit = 1500

/** Most of a run is waiting, so several go at once. */
const width = 6

const victims = ['launcher', 'guard', 'both'] as const
type Victim = (typeof victims)[number]

export const kill: Campaign = {
  name: 'kill',
  aim: `SIGKILL at a random moment of the first ${window} s: 0 survivors, nobody alive after ${limit / 1000} s`,
  runs: { full: 50, short: 1 },
  seconds: 4.5 / width,
  folded: 'release',
  cases: (short) =>
    servers()
      .filter(({ age }) => !short || age === 'newest')
      .flatMap((environment) =>
        fixtures.flatMap((fixture) => {
          const modes = modesOf(fixture, environment.age)
          const tried = short ? modes.slice(-1) : modes
          const dead = short ? victims.slice(-1) : victims
          return tried.flatMap((mode) =>
            dead.map((victim) => killed(environment, fixture, mode, victim, short)),
          )
        }),
      ),
}

function killed({ age }: Environment, fixture: Fixture, mode: Mode, victim: Victim, short: boolean): Case {
  const name = fixture.adapter.name
  return {
    what: { server: name, release: age, mode: mode.name, killed: victim },
    run: async (runs) => {
      await using project = await makeProject(fixture.app, pythonOf(fixture, age))
      const random = randomFrom(seedOf(`${name} ${age} ${mode.name} ${victim}`))
      const moments = Array.from({ length: runs }, () => random() * window * 1000)
      const times: number[] = []
      const misses: string[] = []
      let ready = 0
      await pool(runs, width, async (index) => {
        const seen = await once(
          project,
          fixture,
          mode,
          victim,
          moments[index] ?? 0,
          short ? watch.short : watch.full,
        )
        times.push(seen.time)
        ready += Number(seen.ready)
        const where = `${name} ${age} ${mode.name}, ${victim} killed after ${milliseconds(moments[index] ?? 0)}`
        for (const { pid, command } of seen.survivors) misses.push(`${where}: pid ${pid} lives (${command})`)
        // among the tests the machine is busy
        if (!short && seen.survivors.length === 0 && seen.time > limit)
          misses.push(`${where}: ${milliseconds(seen.time)}`)
      })
      const survivors = misses.filter((text) => text.includes(' lives (')).length
      return { figures: { 'after ready': ready, survivors, worst: milliseconds(worst(times)) }, misses }
    },
  }
}

async function once(
  project: Project,
  fixture: Fixture,
  mode: Mode,
  victim: Victim,
  moment: number,
  watched: number,
) {
  const family = new Family()
  // with a list of guards of its own: the guard of another run would end what this one leaves
  const folder = await mkdtemp(join(tmpdir(), 'devlaunch-kill-'))
  const env = { XDG_RUNTIME_DIR: folder }
  const launcher = startCommand(project, fixture, mode, family.mark, await freePort(), env)
  try {
    await sleep(moment)
    family.look()
    const ready = launcher.events.some(({ event }) => event === 'ready')
    await killVictim(victim, launcher)
    return { ready, ...(await family.watch(watched)) }
  } finally {
    family.end()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The command line with a fixture's app. */
export function startCommand(
  { cwd, python }: Project,
  fixture: Fixture,
  mode: Mode,
  mark: string,
  port: number,
  env: Readonly<Record<string, string>> = {},
): Command {
  const how = ['--cwd', cwd, '--python', python, '--port', `${port}`]
  return command(wordsOf(fixture.adapter, fixture, mode, how), { cwd, mark, env })
}

/** In the first moments there is no guard: it is waited for, unless the launcher is to die alone. */
export async function killVictim(victim: Victim, launcher: Command): Promise<void> {
  let guards = guardsOf(launcher.pid)
  while (victim === 'guard' && guards.length === 0 && launcher.child.exitCode === null) {
    await sleep(5)
    guards = guardsOf(launcher.pid)
  }
  if (launcher.child.exitCode !== null) throw new Error(`it ended by itself: ${failureOf(launcher)}`)
  if (victim !== 'guard') endAll([launcher.pid])
  if (victim !== 'launcher') endAll(guards)
}

function failureOf({ child, events }: Command): string {
  return events.findLast(({ event }) => event === 'error')?.message ?? `exit code ${child.exitCode}`
}

function guardsOf(launcher: number): number[] {
  return descendants(launcher)
    .filter(({ command }) => command.includes('guard/__main__.py'))
    .map(({ pid }) => pid)
}
