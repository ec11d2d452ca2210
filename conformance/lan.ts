import { setTimeout as sleep } from 'node:timers/promises'
import { wordsOf } from '../packages/testkit/src/fixture.ts'
import { makeNetworks, type Networks, places, triesOf } from '../packages/testkit/src/networks.ts'
import { makeProject } from '../packages/testkit/src/project.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'
import { command } from './command.ts'
import { Family } from './family.ts'
import { type Fixture, fixtures, type Mode, modesOf, pythonOf } from './fixtures.ts'

/** Nobody else is in the machine's namespace, so nobody has it. */
const port = 8000
const local = `http://127.0.0.1:${port}/`
const network = `http://${places.lan.machine}:${port}/`

/** Milliseconds until it answers on loopback again. */
const patience = 20_000

export const lan: Campaign = {
  name: 'lan',
  aim: 'under --lan the phone gets the page, and nobody on another network a connection: before, during, after --lan-for',
  runs: { full: 10, short: 1 },
  seconds: 10,
  cases: (short) =>
    // each adapter's own test has the short form
    servers()
      .filter(({ age }) => !short && age === 'newest')
      .flatMap(({ age }) =>
        fixtures.map((fixture) => ({
          what: { adapter: fixture.adapter.name },
          run: async (runs) => {
            const seen: Awaited<ReturnType<typeof once>>[] = []
            for (let run = 0; run < runs; run++) {
              const modes = modesOf(fixture)
              const mode = modes[run % modes.length]
              if (mode) seen.push(await once(fixture, mode, pythonOf(fixture, age)))
            }
            const tries = runs * triesOf().length
            const got = (phase: keyof Intruders) =>
              `${seen.flatMap((each) => each[phase]).length} of ${tries}`
            const pages = seen.filter(({ page }) => page).length
            const kept = seen.filter(({ back }) => back).length
            const figures = {
              'the phone': `${pages} of ${runs}`,
              'others before': got('before'),
              during: got('during'),
              after: got('after'),
              'loopback after': `${kept} of ${runs}`,
            }
            const misses = seen.flatMap(({ before, during, after }) => [...before, ...during, ...after])
            if (pages < runs) misses.push(`${runs - pages} times the phone got no page`)
            if (kept < runs) misses.push(`${runs - kept} times loopback didn't answer afterwards`)
            return { figures, misses }
          },
        })),
      ),
}

/** Who was let in, when nobody should be. */
interface Intruders {
  readonly before: readonly string[]
  readonly during: readonly string[]
  readonly after: readonly string[]
}

async function once(fixture: Fixture, mode: Mode, python: string) {
  const { adapter, app } = fixture
  await using nets = await makeNetworks()
  await using project = await makeProject(app, python)
  const before = await nets.intruders(port)
  const how = ['--lan', '--lan-for', '5s', '--port', `${port}`, '--python', project.python]
  const family = new Family()
  const within = nets.machine.prefix
  const launcher = command(wordsOf(adapter, fixture, mode, how), {
    cwd: project.cwd,
    mark: family.mark,
    within,
  })
  try {
    const ready = await launcher.event('ready')
    if (!ready) throw new Error(`${adapter.name} did not start: ${JSON.stringify(launcher.events.at(-1))}`)
    const [during, answer] = await Promise.all([
      nets.intruders(port),
      nets.phone('lan').get(network, { timeout: 4 }),
    ])
    await launcher.event('lan')
    const outside = await nets.intruders(port)
    const late = await nets.phone('lan').get(network)
    const after = late.connected ? [...outside, 'the phone'] : outside
    return { before, during, after, page: answer.status === 200, back: await answers(nets) }
  } finally {
    family.end()
  }
}

async function answers({ machine }: Networks): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(100)) {
    if ((await machine.get(local)).status === 200) return true
  }
  return false
}
