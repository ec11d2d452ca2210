import {
  backOnLoopback,
  type Exposed,
  expectExactly,
  exposedOn,
  type Fixture,
  makeTrial,
  page,
  places,
  port,
  servers,
} from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'
import { describe, expect, test } from 'vitest'

const fixture: Fixture = { app: 'wsgi', target: 'app:app', stream: '/stream' }
const [environment] = servers().filter(({ age }) => age === 'newest')
if (!environment) throw new Error('there is no environment')
const trial = makeTrial(wsgi, fixture, environment)
const [mode] = trial.modes

describe.concurrent('--lan, while networks come and go', () => {
  test('goes back to loopback when the address is taken away, and stays there', async (context) => {
    await using lan = await exposedOn(trial, mode, context)
    await lan.nets.removeAddress()
    await left(lan)
    await lan.nets.addAddress()
    await backOnLoopback(lan, fixture)
  })

  test('goes back to loopback when this machine joins another network', async (context) => {
    await using lan = await exposedOn(trial, mode, context)
    const host = await lan.nets.changeAddress()
    await left(lan)
    await backOnLoopback(lan, fixture)
    expect(await lan.phone.get(`http://${host}:${port}`)).toMatchObject({ error: 'ECONNREFUSED' })
  })

  test('--follow: serves on the other network, and on nothing else', async (context) => {
    await using lan = await exposedOn(trial, mode, context, ['--follow'])
    const host = await lan.nets.changeAddress()
    await lan.cli.event('lan', (event) => event.lan?.host === host)
    await page(lan.phone, `http://${host}:${port}`, fixture)
    expect(await lan.nets.intruders(port)).toEqual([])
    await expectExactly(lan, host)
  })

  test('--follow: stays on loopback until there is a network again', async (context) => {
    await using lan = await exposedOn(trial, mode, context, ['--follow'])
    await lan.nets.removeAddress()
    await left(lan)
    await backOnLoopback(lan, fixture)
    await lan.nets.addAddress()
    const again = lan.cli.event('lan', ({ lan, reason }) => lan !== undefined && reason === 'address')
    expect((await again).lan?.host).toBe(places.lan.machine)
    await page(lan.phone, `http://${places.lan.machine}:${port}`, fixture)
    expect(await lan.nets.intruders(port)).toEqual([])
  })

  test('serves unique local IPv6 where the network has no IPv4', async (context) => {
    const networks = { ipv4: false, only: ['lan', 'docker', 'public'] } as const
    await using lan = await exposedOn(trial, mode, context, [], networks)
    const { machine = '' } = places.lan.v6 ?? {}
    await page(lan.phone, `http://[${machine}]:${port}`, fixture)
    expect(await lan.nets.intruders(port)).toEqual([])
    await expectExactly(lan, machine)
  })

  test('is refused where there is a public address alone, with what there is', async (context) => {
    const networks = { only: ['public', 'docker', 'vpn'] } as const
    await using lan = await exposedOn(trial, mode, context, [], networks, 'error')
    expect(await lan.cli.exited).toBe(3)
    const { output } = await lan.cli.event('error')
    for (const name of networks.only) expect(output).toContain(places[name].machine)
  })
})

/** It says that it has gone back to loopback. */
async function left({ cli }: Exposed): Promise<void> {
  const { reason } = await cli.event('lan', ({ lan }) => lan === undefined)
  expect(reason).toBe('address')
}
