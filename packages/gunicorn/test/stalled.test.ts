import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunicorn } from '@devlaunch/gunicorn'
import { Diary, makeTrial, servers } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'

/** The good app, whose workers crash some time after their start while there is a file that says when: at once if it is
 * empty. */
const crashes = `
import ctypes, os, threading
from app import app
if os.path.exists("crash"):
    when = open("crash").read()
    threading.Timer(float(when), ctypes.string_at, [0]).start() if when else ctypes.string_at(0)
`

describe.for(servers())('gunicorn $age', (environment) => {
  const { makeProject, start } = makeTrial(gunicorn, { app: 'wsgi', target: 'crashes:app' }, environment)
  const mode = { name: 'one worker', reload: false, args: [] }

  async function begin() {
    const project = await makeProject()
    await writeFile(join(project.cwd, 'crashes.py'), crashes)
    return { project, crash: join(project.cwd, 'crash'), diary: new Diary() }
  }

  async function pidAt(url: string): Promise<number> {
    return Number(await (await fetch(`${url}/pid`)).text())
  }

  test('a worker that is killed is replaced, and that is no stall', async () => {
    const { project, diary } = await begin()
    await using _ = project
    await using server = await start(project, mode, diary)
    const before = await pidAt(server.url)
    process.kill(before, 'SIGKILL')
    await expect.poll(() => pidAt(server.url).catch(() => before), { timeout: 20_000 }).not.toBe(before)
    expect(diary.stalls).toEqual([])
  })

  test('workers that crash a moment after their start are reported, until they stay', async () => {
    const { project, crash, diary } = await begin()
    await using _ = project
    await using server = await start(project, mode, diary)
    await writeFile(crash, '0.05') // a life of a second is no crash, and a busy machine is slow
    process.kill(await pidAt(server.url), 'SIGKILL')
    await diary.until(['stalled respawning'])
    await rm(crash)
    await diary.until(['stalled respawning', 'recovered respawning'])
    expect((await fetch(server.url)).status).toBe(200)
  })

  test('workers that crash at their start fail the launch', async () => {
    const { project, crash } = await begin()
    await using _ = project
    await writeFile(crash, '')
    await expect(start(project, mode)).rejects.toMatchObject({ code: 'FAILED' })
  })
})
