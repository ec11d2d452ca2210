import { existsSync } from 'node:fs'
import { type AnyAdapter, authority, type Plan, type Proof } from '@devlaunch/core'
import { type FrontName, fronts } from '@devlaunch/front'
import {
  addresses,
  descendants,
  type Exposed,
  exposedOn,
  fixtureOf,
  listening,
  makeNetworks,
  makeTrial,
  marked,
  type Networks,
  page,
  places,
  port,
  runCli,
  servers,
  survivors,
  type Trial,
} from '@devlaunch/testkit'
import { afterAll, beforeAll, describe, expect, type TestContext, test, vi } from 'vitest'
import { adapters } from '../../cli/src/adapters.ts'
import { terminal } from '../../cli/test/kit/screen.ts'

const names = Object.keys(fronts) as FrontName[]
const marker = crypto.randomUUID()
const local = `http://127.0.0.1:${port}`
const network = `http://${places.lan.machine}:${port}`
const eventually = { timeout: 20_000, interval: 50 }

beforeAll(() => void vi.stubEnv('DEVLAUNCH_TEST_RUN', marker))
afterAll(async () => {
  vi.unstubAllEnvs()
  await vi.waitFor(() => expect(marked(marker)).toEqual([]), eventually)
})

describe.each(names)('--front %s --lan', { timeout: 60_000 }, (front) => {
  describe.each(['gunicorn', 'uvicorn'])('%s', (name) => {
    const trial = newest(name)

    test('the phone gets the page through it, nobody gets anything else, until the time is over', async (context) => {
      await using lan = await exposedBehind(front, trial, context, ['--lan-for', '20s'])
      const { nets, phone, cli } = lan
      const behind = await expectOnLan(lan)
      const held = await (name === 'uvicorn' ? phone.hold(network, upgrade) : phone.hold(`${network}/stream`))
      expect(held.status).toBe(name === 'uvicorn' ? 101 : 200)

      await Promise.all([
        ...[network, local].map((url) => page(nets.machine, url, trial.fixture)),
        page(phone, network, trial.fixture),
      ])
      const [outside, past] = await Promise.all([nets.intruders(port), nets.intruders(behind)])
      expect(outside).toEqual([])
      expect(past).toEqual([])
      const { machine, v6 } = places.lan
      for (const host of [machine, v6?.machine ?? '']) {
        const own = `http://${authority(host, behind)}`
        expect(await phone.get(own)).toMatchObject({ error: 'ECONNREFUSED' })
        expect(await nets.machine.get(own)).toMatchObject({ error: 'ECONNREFUSED' })
      }

      await cli.event('lan', ({ reason }) => reason === 'time')
      await held.ended
      await expectOnLoopback(lan, trial)
    })

    test('what the phone says of itself does not reach the app', async (context) => {
      await using lan = await exposedBehind(front, trial, context)
      for (const [who, url, from] of [
        [lan.phone, network, places.lan.phone],
        [lan.nets.machine, network, places.lan.machine],
        [lan.nets.machine, local, '127.0.0.1'], // by the relay
      ] as const) {
        const { body = '' } = await who.get(`${url}/seen`, { headers: spoofed, timeout: 10 })
        expect(JSON.parse(body)).toMatchObject({
          client: name === 'uvicorn' ? from : '127.0.0.1', // gunicorn leaves that to the app
          scheme: 'http',
          host: new URL(url).host,
          claims: { X_FORWARDED_FOR: from, X_FORWARDED_PROTO: 'http', X_REAL_IP: from },
        })
        expect(body).not.toMatch(/6\.6\.6\.6|https|evil/)
      }
    })

    test('nothing is left after a SIGKILL of the launcher', async (context) => {
      await using lan = await exposedBehind(front, trial, context)
      const { nets, phone, cli } = lan
      const planned = await cli.event('planned', (event) => (event as unknown as Told).plan.server === front)
      const { folder = '' } = (planned as unknown as Told).plan
      expect(existsSync(folder)).toBe(true)
      const tree = descendants(cli.pid)
      cli.signal('SIGKILL')
      await context.expect.poll(() => survivors(tree)).toEqual([])
      await context.expect.poll(() => nets.machine.listeners()).toEqual([])
      await context.expect.poll(() => existsSync(folder)).toBe(false)
      expect(await phone.get(network)).toMatchObject({ error: 'ECONNREFUSED' })
    })
  })

  test('who knocks from another network while it starts gets in at no moment', async () => {
    const trial = newest('gunicorn')
    await using nets = await makeNetworks({ only: ['lan', 'docker'] })
    await using project = await trial.makeProject()
    const knocking = knock(nets)
    const words = trial.words(project, trial.modes[0], ['--lan', '--port', `${port}`, '--front', front])
    await using cli = runCli(project.python, words, {}, nets.machine.prefix)
    await cli.event('ready')
    const heard = await knocking.end()
    expect(heard).toMatchObject({ ECONNREFUSED: expect.any(Number), ETIMEDOUT: expect.any(Number) }) // before, and after
    expect(Object.keys(heard).sort()).toEqual(['ECONNREFUSED', 'ETIMEDOUT'])
    await page(nets.phone('lan'), network, trial.fixture)
  })

  test('Django answers to the address, and takes its forms', async (context) => {
    const trial = newest('django')
    await using lan = await exposedBehind(front, trial, context)
    const { phone, nets } = lan
    await page(phone, network, trial.fixture)
    await page(nets.machine, local, trial.fixture)
    const headers = { host: 'evil.example' }
    expect(await phone.get(network, { headers, timeout: 10 })).toMatchObject({ status: 400 })
  })
})

describe('Ctrl-] l', { timeout: 60_000 }, () => {
  test.each([
    ['gunicorn', ['gunicorn', 'app:app'], 1],
    ['django', ['django', '--no-reload'], 2], // it reads its hosts when it starts
  ] as const)('lets the phone in to %s, and out again', async (name, words, starts) => {
    const trial = newest(name)
    await using nets = await makeNetworks({ only: ['lan', 'docker'] })
    await using project = await trial.makeProject()
    const args = [...words, '--front', 'nginx', '--port', `${port}`, '--python', project.python]
    await using screen = terminal(args, project.cwd, {}, { inside: nets.machine.prefix })
    await screen.shows(/Press Ctrl-\]/)
    const phone = nets.phone('lan')
    expect(await phone.get(network)).toMatchObject({ error: 'ECONNREFUSED' })
    screen.type('\x1dl')
    await screen.shows(/can open it now/)
    await vi.waitFor(() => page(phone, network, trial.fixture), eventually)
    await page(nets.machine, local, trial.fixture)
    expect(await nets.intruders(port)).toEqual([])
    expect(screen.text().match(/Starting (?:gunicorn|(?:WSGI )?development server)/g)).toHaveLength(starts)
    const from = screen.text().length
    screen.type('\x1dl')
    await screen.shows(/Only this machine can open it now/, from)
    expect(await phone.get(network)).toMatchObject({ error: 'ECONNREFUSED' })
    screen.type('\x1dq')
    await screen.shows(/\[exit 0\]/)
  })
})

function newest(name: string): Trial {
  const adapter = adapters.find((each): each is AnyAdapter => each.name === name)
  if (!adapter) throw new Error(`there is no ${name}`)
  const environment = servers(adapter).find(({ age }) => age === 'newest')
  if (!environment) throw new Error('there is no newest release')
  return makeTrial(adapter, fixtureOf(adapter), environment)
}

/** On the LAN, with this front; behind it two workers where the server has such. */
function exposedBehind(
  front: FrontName,
  trial: Trial,
  context: Pick<TestContext, 'onTestFailed' | 'onTestFinished'>,
  options: readonly string[] = [],
): Promise<Exposed> {
  return exposedOn(trial, trial.busy.at(-1) ?? trial.modes[0], context, ['--front', front, ...options])
}

interface Told {
  readonly proof: Proof
  readonly plan: Plan
}

/** The front listens on the address, the launcher and the server on loopback; the server's port. */
async function expectOnLan({ nets, cli }: Exposed): Promise<number> {
  const { proof } = (await cli.event('ready')) as unknown as Told
  expect(proof).toMatchObject({
    filter: { filtered: true },
    relay: { address: '127.0.0.1', port },
    sockets: [{ address: places.lan.machine, port }, { address: '127.0.0.1' }],
  })
  const behind = proof.sockets[1]?.port ?? 0
  const all = await nets.machine.listeners()
  expect(listening(descendants(cli.pid), all)).toEqual(
    [authority('127.0.0.1', behind), authority(places.lan.machine, port)].sort(),
  )
  expect(listening([cli], all)).toEqual([`127.0.0.1:${port}`])
  expect(addresses(all)).toHaveLength(3)
  return behind
}

/** This machine is answered, nobody else; nothing listens anywhere but on loopback. */
async function expectOnLoopback({ nets, phone, cli }: Exposed, { fixture }: Trial): Promise<void> {
  await vi.waitFor(() => page(nets.machine, local, fixture), eventually)
  expect(await nets.intruders(port)).toEqual([])
  expect(await phone.get(network)).toMatchObject({ connected: false })
  const all = addresses(await nets.machine.listeners())
  expect(all).toHaveLength(2)
  expect(all).toContain(`127.0.0.1:${port}`)
  expect(all.every((each) => each.startsWith('127.0.0.1:'))).toBe(true)
  expect(listening([cli, ...descendants(cli.pid)], await nets.machine.listeners())).toEqual(all)
}

/** What somebody on the containers' network hears who tries all the time, and how often. */
function knock(nets: Networks): { end(): Promise<Readonly<Record<string, number>>> } {
  const heard: Record<string, number> = {}
  let over = false
  const one = async () => {
    while (!over) {
      const { status, connected, error } = await nets.phone('docker').get(network, { timeout: 0.02 })
      const what = status ?? (connected ? `a connection, then ${error}` : (error ?? ''))
      heard[what] = (heard[what] ?? 0) + 1
    }
  }
  const all = Promise.all([one(), one(), one()])
  return {
    end: async () => {
      over = true
      await all
      return heard
    },
  }
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3, whose key this is */
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

const evil = '6.6.6.6'
const spoofed = {
  forwarded: `for=${evil};proto=https;host=evil`,
  'x-forwarded-for': `${evil}, 127.0.0.1`,
  'x-forwarded-host': 'evil',
  'x-forwarded-proto': 'https',
  'x-real-ip': evil,
  x_forwarded_for: evil,
  x_forwarded_proto: 'https',
}
