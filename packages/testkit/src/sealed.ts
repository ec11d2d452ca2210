import { expect, test } from 'vitest'
import { reloaded } from './bound.ts'
import type { How } from './fixture.ts'
import { freePort } from './free-port.ts'
import { listening } from './kernel.ts'
import { type Trial, treeOf } from './trial.ts'

/** Sealed: it serves and reloads as ever, and what would be a listener is none, also past Python. */
export function sealed({ adapter, modes, given, makeProject, start }: Trial): void {
  const others = modes.filter((mode) => !given.includes(mode))
  test.for(others)("can't be sealed, and says so ($name)", async (mode) => {
    await using project = await makeProject()
    await expect(start(project, mode, { seal: true })).rejects.toMatchObject({
      code: 'USAGE',
      summary: `${adapter.name} can't be sealed: its server opens its own socket`,
    })
  })

  test.for(given)('sealed: nothing but the planned address listens ($name)', async (mode) => {
    await using project = await makeProject()
    const env = { ...mode.env, OPEN_AT_START: 'ctypes' }
    await using server = await start(project, { ...mode, env }, { seal: true })
    const planned = [new URL(server.url).host]
    const tryAll = async () => {
      for (const [how, host] of attempts) {
        const url = `${server.url}/listen?how=${how}&port=${await freePort()}&host=${host}`
        await fetch(url).catch(() => {}) // gunicorn takes an app's OSError for one of the connection, and closes it
        expect(listening(treeOf(server.pid))).toEqual(planned)
      }
    }
    await tryAll()
    if (mode.reload) {
      await reloaded(server, project.save)
      await tryAll()
    }
    expect((await server.stop()).error).toBeUndefined()
  })
}

/** Without a right to bind, `ctypes` tries a listen() that takes a port of every address. */
const attempts: readonly (readonly [How, string])[] = [
  ['ctypes', '0.0.0.0'],
  ['daemon', '0.0.0.0'],
  ['bind', '127.0.0.1'],
]
