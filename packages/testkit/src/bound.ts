import { authority, type Server, type Socket } from '@devlaunch/core'
import { describe, expect, test, vi } from 'vitest'
import { freePort } from './free-port.ts'
import { hostile } from './hostile.ts'
import { listening, runOf } from './kernel.ts'
import { living, type Trial, treeOf } from './trial.ts'

/** Bound as planned: one address, whatever the environment and the project's files would rather have. */
export function bound({ adapter, modes, makeProject, start }: Trial): void {
  describe.for(modes)('$name', (mode) => {
    test('listens on the planned address only, in a hostile environment, and is gone after stop()', async () => {
      const environment = hostile(adapter, await freePort())
      await using project = await makeProject(environment)
      for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
      await using server = await start(project, mode)
      const planned = [`127.0.0.1:${new URL(server.url).port}`]
      expect(where(server.proof.sockets)).toEqual(planned)
      expect(where(await server.sockets())).toEqual(planned)
      expect(listening(treeOf(server.pid))).toEqual(planned)
      if (mode.reload) {
        await reloaded(server, project.save)
        await expect.poll(() => listening(treeOf(server.pid))).toEqual(planned)
      }
      const tree = treeOf(server.pid)
      await server.stop()
      expect(living(tree)).toEqual([])
    })
  })
}

/** Another process answers, or the same one with another program, because a source was saved. */
export async function reloaded(server: Server, save: () => Promise<void>): Promise<void> {
  const answering = async () => runOf(Number(await (await fetch(`${server.url}/pid`)).text()))
  const before = await answering()
  // A reloader misses what is saved before its first look, hence again; but not while it restarts, which would
  // begin anew. Meanwhile nobody may answer.
  const saveAndSee = async () => {
    if ((await answering().catch(() => undefined)) === before) await save()
    await vi.waitUntil(async () => (await answering().catch(() => before)) !== before, { timeout: 5000 })
  }
  await vi.waitFor(saveAndSee, { timeout: 30_000 })
}

function where(sockets: readonly Socket[]): string[] {
  return [...new Set(sockets.map(({ address, port }) => authority(address, port)))]
}
