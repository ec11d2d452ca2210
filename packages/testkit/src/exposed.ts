import { authority } from '@devlaunch/core'
import { expect, test } from 'vitest'
import type { How } from './fixture.ts'
import { freePort } from './free-port.ts'
import { isTaken, listening } from './kernel.ts'
import { expectGone, freeUdpPort, type Trial, treeOf } from './trial.ts'

/** Exposed: a wider listener of any process of the tree ends the server, before it is one where Python can tell. */
export function exposed({ fixture, busy, makeProject, start, startCli }: Trial): void {
  const { hows = ['bind', 'daemon'] } = fixture
  const [busiest] = busy
  const { hooked = true } = fixture

  const cases = busy.flatMap((mode) => hows.map((how) => ({ mode, how })))
  test.for(cases)('is ended for a wide listener ($how, $mode.name)', async ({ mode, how }) => {
    await using project = await makeProject()
    await using server = await start(project, mode)
    const tree = treeOf(server.pid)
    const port = await freePort()
    await open(server.url, how, port)
    const { error } = await server.exited
    expect(error?.code).toBe('EXPOSED')
    expect(error?.message).toMatch(message(how, port, hooked))
    await expectGone(tree, server.url)
    expect(isTaken(port)).toBe(false)
  })

  test('is ended for a wide UDP socket, not for that of a client', async () => {
    await using project = await makeProject()
    await using server = await start(project, busiest)
    const tree = treeOf(server.pid)
    await open(server.url, 'client', await freePort())
    await new Promise((wake) => setTimeout(wake, 300)) // several looks
    expect(listening(tree).join()).toContain('udp 0.0.0.0:')
    expect((await fetch(server.url)).status).toBe(200)
    const port = freeUdpPort()
    await open(server.url, 'udp', port)
    const { error } = await server.exited
    expect(error?.code).toBe('EXPOSED')
    expect(error?.message).toContain(`listened on UDP 0.0.0.0:${port},`)
    await expectGone(tree, server.url)
  })

  test('is ended for a wide listener by the command line, whose exit code is 8', async () => {
    await using project = await makeProject()
    await using cli = await startCli(project, busiest)
    const { url } = await cli.event('ready')
    const port = await freePort()
    await open(url, 'bind', port)
    expect(await cli.exited).toBe(8)
    const error = await cli.event('error')
    expect(error.code).toBe('EXPOSED')
    expect(error.message).toMatch(message('bind', port, hooked))
  })

  test('is refused for a wide listener of its start', async () => {
    await using project = await makeProject()
    const env = { OPEN_AT_START: 'bind' }
    await expect(start(project, busiest, { env })).rejects.toMatchObject({ code: 'EXPOSED' })
  })

  test('may listen on another port of loopback', async () => {
    await using project = await makeProject()
    await using server = await start(project, busiest)
    const port = await freePort()
    const answer = await open(server.url, 'bind', port, '127.0.0.1')
    const expected = [new URL(server.url).host, `127.0.0.1:${port}`].sort()
    expect(listening(treeOf(server.pid)), answer).toEqual(expected)
    const told = (await server.sockets()).map(({ address, port }) => authority(address, port))
    expect(told.sort()).toEqual(expected)
  })
}

/** What the app answers. A server that is ended for it may not answer any more: then why. */
async function open(url: string, how: How, port: number, host = '0.0.0.0'): Promise<string> {
  try {
    return await (await fetch(`${url}/listen?how=${how}&port=${port}&host=${host}`)).text()
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error)
  }
}

/** What Python itself binds is refused, with its line; what it can't see (native code, `-I`) has listened. */
function message(how: How, port: number, hooked: boolean): RegExp {
  const address = `${how === 'v6' ? '\\[::\\]' : '0\\.0\\.0\\.0'}:${how === 'implicit' ? '\\d+' : port}`
  const refused = hooked && how !== 'ctypes' && how !== 'daemon'
  const told = refused ? `was refused ${address} \\(listen\\.py:\\d+\\), ` : `listened on ${address},`
  return new RegExp(`^pid \\d+ \\(.+\\) ${told}`, 's')
}
