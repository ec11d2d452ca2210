import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Diary, makeTrial, reloaded, servers } from '@devlaunch/testkit'
import { uvicorn } from '@devlaunch/uvicorn'
import { describe, expect, test, vi } from 'vitest'

/** The good app, and pages that don't answer. */
const stalls = `
import asyncio, os, time
from app import app as good

async def app(scope, receive, send):
    if scope.get("path") == "/block":
        open("blocked", "x").close()
        while os.path.exists("blocked"):
            time.sleep(0.01)
        scope["path"] = "/"
    if scope.get("path") == "/" and os.environ.get("NEVER"):
        await asyncio.sleep(1000)
    await good(scope, receive, send)
`

/** How soon, is for the campaign: `npm run conformance -- stalled`. */
describe.for(servers())('uvicorn $age', (environment) => {
  const { makeProject, start } = makeTrial(uvicorn, { app: 'asgi', target: 'stalls:app' }, environment)
  const reloading = { name: 'reload on', reload: true, args: [] }
  const alone = { name: 'reload off', reload: false, args: [] }

  async function begin(source: string) {
    const project = await makeProject()
    const file = join(project.cwd, 'stalls.py')
    await writeFile(file, source)
    return { project, file, diary: new Diary() }
  }

  async function pidAt(url: string): Promise<number> {
    return Number(await (await fetch(`${url}/pid`)).text())
  }

  test('a reload child that is killed is missed, until a file is saved', async () => {
    const { project, diary } = await begin(stalls)
    await using _ = project
    await using server = await start(project, reloading, diary)
    process.kill(await pidAt(server.url), 'SIGKILL')
    await diary.until(['stalled childless'])
    await project.save()
    await diary.until(['stalled childless', 'recovered childless'])
    expect((await fetch(server.url)).status).toBe(200)
  })

  test('a syntax error at a reload is reported, until it is corrected', async () => {
    const { project, file, diary } = await begin(stalls)
    await using _ = project
    await using server = await start(project, reloading, diary)
    const failed = () => server.logs.all.some((line) => line.includes('SyntaxError'))
    const saveAndSee = async () => {
      await writeFile(file, 'async def app(:\n')
      await vi.waitUntil(failed, { timeout: 5000 })
    }
    await vi.waitFor(saveAndSee, { timeout: 30_000 }) // a reloader misses what is saved before its first look
    await diary.until(['stalled childless'])
    await writeFile(file, stalls)
    await diary.until(['stalled childless', 'recovered childless'])
  })

  test('a reload is no stall', async () => {
    const { project, diary } = await begin(stalls)
    await using _ = project
    await using server = await start(project, reloading, diary)
    for (let saves = 0; saves < 3; saves++) {
      await reloaded(server, project.save)
      await sleep(1600) // three that ended within 3 s could be a loop, on a busy machine
    }
    expect(diary.stalls).toEqual([])
  })

  test.for([
    ['sys.exit()', 'import sys; sys.exit()'],
    ['os._exit(0)', 'import os; os._exit(0)'],
    ['a segmentation fault', 'import ctypes; ctypes.string_at(0)'],
  ])('%s while the app is imported fails the launch', async ([, source]) => {
    const { project, diary } = await begin(`print("IMPORTED", flush=True); ${source}\n`)
    await using _ = project
    const launch = start(project, reloading, diary)
    await expect(launch).rejects.toMatchObject({
      code: 'FAILED',
      message: expect.stringMatching(/the process that should answer has ended.*IMPORTED/s),
    })
    await diary.until(['stalled childless'])
  })

  test.for([reloading, alone])('a blocked event loop is reported ($name)', async (mode) => {
    const { project, diary } = await begin(stalls)
    await using _ = project
    await using server = await start(project, mode, diary)
    const blocked = fetch(`${server.url}/block`)
    const flag = join(project.cwd, 'blocked')
    await expect.poll(() => existsSync(flag)).toBe(true)
    const waiting = connect(Number(new URL(server.url).port), '127.0.0.1')
    await diary.until(['stalled unaccepted'])
    await rm(flag)
    await diary.until(['stalled unaccepted', 'recovered unaccepted'])
    expect((await blocked).status).toBe(200)
    waiting.destroy()
  })

  test('a page that never answers is noted, and the server never called ready', async () => {
    const { project, diary } = await begin(stalls)
    await using _ = project
    const options = { onEvent: diary.onEvent, env: { NEVER: '1' }, timeout: 10_000 }
    await expect(start(project, alone, options)).rejects.toMatchObject({ code: 'NOT_READY' })
    expect(diary.stalls).toEqual(['stalled silent'])
  })

  test('an import that takes long is no stall', async () => {
    const { project, diary } = await begin(`import time; time.sleep(4)\n${stalls}`)
    await using _ = project
    await using _server = await start(project, reloading, diary)
    expect(diary.stalls).toEqual([])
  })
})
