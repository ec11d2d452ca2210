import { type AnyAdapter, authority } from '@devlaunch/core'
import { afterAll, beforeAll, describe, expect, type TestContext, test, vi } from 'vitest'
import type { Held } from './caller.ts'
import { type Cli, cliWords, run } from './cli.ts'
import { type Fixture, fixtureOf, type Mode } from './fixture.ts'
import { addresses, descendants, isStopped, listening, survivors } from './kernel.ts'
import { makeNetworks, type Networks, type NetworksOptions, type Phone, places } from './networks.ts'
import type { Project } from './project.ts'
import { servers } from './servers.ts'
import { eventually, living, makeTrial, marker, type Trial } from './trial.ts'

/** Nobody else is in the machine's namespace, so nobody has it. */
export const port = 8000
const local = `http://127.0.0.1:${port}`
const network = `http://${places.lan.machine}:${port}`

/**
 * On the LAN: the phone gets the page, nobody else gets anything, and it ends as told. For the command line, in real
 * networks.
 */
export function testLan(adapter: AnyAdapter, fixture: Fixture = fixtureOf(adapter)): void {
  describe(`lan ${adapter.name}`, { timeout: 60_000, concurrent: !fixture.slow }, () => {
    beforeAll(() => void vi.stubEnv('DEVLAUNCH_TEST_RUN', marker))
    afterAll(async () => {
      vi.unstubAllEnvs()
      await vi.waitFor(() => expect(living()).toEqual([]), eventually)
    })
    describe.for(servers(adapter))('$age', (environment) => {
      const trial = makeTrial(adapter, fixture, environment)
      const newest = environment.age === 'newest'
      served(trial, newest ? trial.modes : trial.busy.slice(-1))
      if (newest) ended(trial)
    })
  })
}

function served(trial: Trial, modes: readonly Mode[]): void {
  const { fixture } = trial
  test.for(modes)(
    'the phone gets the page, nobody else anything, until the time is over ($name)',
    async (mode, context) => {
      await using lan = await exposedOn(trial, mode, context, ['--lan-for', '20s'])
      const { nets, phone, cli } = lan
      const held = await lan.hold(phone, network)
      const [outside] = await Promise.all([
        nets.intruders(port),
        ...[network, local].map((url) => page(nets.machine, url, fixture)),
        page(phone, network, fixture),
      ])
      expect(outside).toEqual([])
      const here = await Promise.all([lan.hold(nets.machine, local), lan.hold(nets.machine, network)])
      expect(here.map((each) => each?.error)).toEqual(here.map(() => undefined))
      await expectExactly(lan, places.lan.machine)

      await cli.event('lan', ({ reason }) => reason === 'time')
      await held?.ended
      await backOnLoopback(lan, fixture)
    },
  )
}

/** The server listens on this address, the launcher on loopback, and nobody anywhere else. */
export async function expectExactly({ nets, cli }: Exposed, host: string): Promise<void> {
  const all = await nets.machine.listeners()
  expect(listening(descendants(cli.pid), all)).toEqual([authority(host, port)])
  expect(listening([cli], all)).toEqual([`127.0.0.1:${port}`])
  expect(addresses(all)).toHaveLength(2)
}

/** Nobody but this machine itself is answered, and nothing listens anywhere else. */
export async function backOnLoopback({ nets, phone, cli }: Exposed, fixture: Fixture): Promise<void> {
  await vi.waitFor(() => page(nets.machine, local, fixture), eventually)
  expect(await nets.intruders(port)).toEqual([])
  expect(await phone.get(network)).toMatchObject({ connected: false })
  const all = await nets.machine.listeners()
  expect(listening([cli, ...descendants(cli.pid)], all)).toEqual([`127.0.0.1:${port}`])
  expect(addresses(all)).toHaveLength(1)
}

function ended(trial: Trial): void {
  const [busiest] = trial.busy

  test('nobody is served after the time, also while the launcher is stopped', async (context) => {
    await using lan = await exposedOn(trial, busiest, context, ['--lan-for', '15s'])
    const { phone, cli } = lan
    const held = await lan.hold(phone, network)
    await page(phone, network, trial.fixture)
    cli.signal('SIGSTOP')
    await held?.ended
    // its server has a second to end in, and may take connections meanwhile
    await context.expect.poll(async () => (await phone.get(network)).connected).toBe(false)
    expect(isStopped(cli.pid)).toBe(true)
    expect((await phone.get(network)).connected).toBe(false)
    cli.signal('SIGCONT')
    await cli.event('lan', ({ reason }) => reason === 'time')
    await backOnLoopback(lan, trial.fixture)
  })

  test('all is gone after a SIGKILL of the launcher', async (context) => {
    await using lan = await exposedOn(trial, busiest, context)
    const { nets, phone, cli } = lan
    const held = await lan.hold(phone, network)
    const tree = descendants(cli.pid)
    cli.signal('SIGKILL')
    await context.expect.poll(() => survivors(tree)).toEqual([])
    await context.expect.poll(() => nets.machine.listeners()).toEqual([])
    await held?.ended
    expect(await phone.get(network)).toMatchObject({ error: 'ECONNREFUSED' })
  })
}

export interface Exposed extends AsyncDisposable {
  readonly nets: Networks
  readonly phone: Phone
  readonly cli: Cli
  /** Reads what never ends, where the app has such a thing; a WebSocket if it has one. */
  hold(phone: Phone, url: string): Promise<Held | undefined>
}

/** Starts it on the LAN; before that nobody answers. Resolves when it says so, for the rest of the test. */
export async function exposedOn(
  trial: Trial,
  mode: Mode,
  { onTestFailed, onTestFinished }: Pick<TestContext, 'onTestFailed' | 'onTestFinished'>,
  options: readonly string[] = [],
  networks?: NetworksOptions,
  until: 'ready' | 'error' = 'ready',
): Promise<Exposed> {
  await using stack = new AsyncDisposableStack()
  const nets = stack.use(await makeNetworks(networks))
  const project: Project = stack.use(await trial.makeProject())
  expect(await nets.intruders(port)).toEqual([])
  const words = trial.words(project, mode, ['--lan', '--port', `${port}`, ...options])
  const cli = stack.use(run([...nets.machine.prefix, ...cliWords(words)], mode.env ?? {}, onTestFailed))
  await cli.event(until)
  const kept = stack.move()
  onTestFinished(() => kept.disposeAsync()) // also where its time is over
  const { stream, websocket } = trial.fixture
  return {
    nets,
    phone: nets.phone('lan'),
    cli,
    hold: async (phone, url) => {
      if (websocket) return phone.hold(url, upgrade)
      return stream ? phone.hold(url + stream) : undefined
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3, whose key this is */
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** Status and body, as the app has them; where the app has a form, that is sent as a browser does. */
export async function page(phone: Phone, url: string, { app }: Fixture): Promise<void> {
  const patient = { timeout: 10 }
  expect(await phone.get(`${url}/`, patient)).toMatchObject({
    status: 200,
    body: expect.stringContaining(app),
  })
  if (app !== 'django') return
  const form = await phone.get(`${url}/form`, patient)
  const [, cookie = ''] = form.headers?.find(([name]) => name === 'Set-Cookie') ?? []
  const headers = {
    origin: url,
    cookie: cookie.split(';')[0] ?? '',
    'x-csrftoken': form.body ?? '',
  }
  expect(await phone.get(`${url}/form`, { ...patient, method: 'POST', headers })).toMatchObject({
    status: 200,
    body: 'posted\n',
  })
}
