import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { freePort } from './free-port.ts'
import { portOf, type Trial } from './trial.ts'

/** Ours: a stranger on the wanted port is never taken for the server. */
export function ours({ fixture, modes: [simplest], makeProject, start }: Trial): void {
  test.for(['127.0.0.1', '0.0.0.0', '::'])('leaves the port to a stranger on %s', async (host) => {
    await using stranger = await listen(host)
    await using project = await makeProject()
    const { port } = stranger
    await expect(start(project, simplest, { port, strictPort: true })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(`pid ${process.pid} `),
    })
    await using server = await start(project, simplest, { port })
    expect(portOf(server.url)).not.toBe(port)
    expect(await (await fetch(server.url)).text()).toContain(fixture.app)
  })

  test('names a stranger on ::1, whom localhost may reach', async () => {
    await using stranger = await listen('::1')
    await using project = await makeProject()
    await using server = await start(project, simplest, { port: stranger.port, strictPort: true })
    expect(await (await fetch(server.url)).text()).toContain(fixture.app)
    expect(server.proof.neighbours).toMatchObject([{ address: '::1', port: stranger.port, pid: process.pid }])
  })
}

/** Answers as a stale server does, and doesn't belong to what devlaunch starts. */
async function listen(host: string): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((_, response) => response.end('a stranger\n'))
  const port = await freePort() // on both families
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  return {
    port,
    [Symbol.asyncDispose]: async () => void server.close().closeAllConnections(),
  }
}
