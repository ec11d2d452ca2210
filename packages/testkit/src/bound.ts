import { authority, type Server, type Socket } from '@devlaunch/core'
import { describe, expect, test, vi } from 'vitest'
import { hostile } from './hostile.ts'
import { listening } from './kernel.ts'
import { eventually, freePort, living, type Trial, treeOf } from './trial.ts'

/** Bound as planned: one address, whatever the environment and the project's files would rather have. */
export function bound({ adapter, modes, makeProject, start }: Trial): void {
  describe.for(modes)('$name', (mode) => {
    test('listens on the planned address only, in a hostile environment, and is gone after stop()', async () => {
      const environment = hostile(adapter, await freePort())
      await using project = await makeProject(environment)
      for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
      await using server = await start(project, mode)
      const planned = [`127.0.0.1:${new URL(server.url).port}`]
      expect(server.proof.sockets.map(where)).toEqual(planned)
      expect((await server.sockets()).map(where)).toEqual(planned)
      expect(listening(treeOf(server.pid))).toEqual(planned)
      if (mode.reload) {
        await reloaded(server, project.save)
        await expect.poll(() => listening(treeOf(server.pid)), eventually).toEqual(planned)
      }
      const tree = treeOf(server.pid)
      await server.stop()
      expect(living(tree)).toEqual([])
    })
  })
}

/** Another process answers, because a source was saved. */
async function reloaded(server: Server, save: () => Promise<void>): Promise<void> {
  const answering = async () => (await fetch(`${server.url}/pid`)).text()
  const before = await answering()
  const saveAndAsk = () => save().then(answering) // again and again: a reloader misses what comes before its first look
  await expect.poll(saveAndAsk, { ...eventually, interval: 300 }).not.toBe(before)
}

function where({ address, port }: Socket): string {
  return authority(address, port)
}
