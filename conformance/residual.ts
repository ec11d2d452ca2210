import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../packages/testkit/src/free-port.ts'
import { isTaken } from '../packages/testkit/src/kernel.ts'
import { makeProject, type Project } from '../packages/testkit/src/project.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'
import { Family } from './family.ts'
import { fixtures } from './fixtures.ts'
import { killVictim, startCommand } from './kill.ts'

const fixture = fixtures.find(({ adapter }) => adapter.name === 'wsgi')
const plain = { name: 'plain', reload: false, args: [] } as const

/** What outlives its guard by leaving the session and dropping its environment is ended by the next guard. */
export const residual: Campaign = {
  name: 'residual',
  aim: 'a daemon without session and environment outlives launcher and guard, and is gone at the next start',
  runs: { full: 20, short: 1 },
  seconds: 4,
  cases: (short) =>
    servers()
      .filter(({ age }) => !short || age === 'newest')
      .map(({ age, python }) => ({
        what: { server: 'wsgi', release: age },
        run: async (runs) => {
          await using project = await makeProject('wsgi', python)
          let survived = 0
          let left = 0
          for (let run = 0; run < runs; run++) {
            const seen = await once(project)
            survived += Number(seen.survived)
            left += Number(seen.left)
          }
          return {
            figures: { 'outlived the guard': survived, 'after the next start': left },
            misses: left > 0 ? [`wsgi ${age}: ${left} of ${runs} daemons live after the next start`] : [],
          }
        },
      })),
}

async function once(project: Project): Promise<{ survived: boolean; left: boolean }> {
  const first = new Family()
  const second = new Family()
  // with a list of guards of its own: any other guard would end the daemon
  const folder = await mkdtemp(join(tmpdir(), 'devlaunch-residual-'))
  try {
    const port = await daemonOf(project, first, folder)
    const survived = isTaken(port)
    await ready(await startOf(project, second, folder))
    for (let look = 0; look < 20 && isTaken(port); look++) await sleep(50)
    return { survived, left: isTaken(port) }
  } finally {
    first.end()
    second.end()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The port of a daemon whose launcher and guard are dead. */
async function daemonOf(project: Project, family: Family, folder: string): Promise<number> {
  const launcher = await startOf(project, family, folder)
  const url = await ready(launcher)
  const port = await freePort()
  await fetch(`${url}/listen?how=daemon&host=127.0.0.1&port=${port}`)
  while (!isTaken(port)) await sleep(10)
  await sleep(1500) // the guard writes its tree down once a second
  family.look()
  await killVictim('both', launcher)
  await family.watch(1)
  return port
}

async function startOf(project: Project, family: Family, folder: string) {
  if (!fixture) throw new Error('there is no fixture for wsgi')
  return startCommand(project, fixture, plain, family.mark, await freePort(), { XDG_RUNTIME_DIR: folder })
}

async function ready(launcher: ReturnType<typeof startCommand>): Promise<string> {
  const event = await launcher.event('ready')
  if (!event?.url) throw new Error(`not ready: ${JSON.stringify(launcher.events.at(-1))}`)
  return event.url
}
