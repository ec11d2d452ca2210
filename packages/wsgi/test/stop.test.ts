import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LaunchOptions, launch, type Process } from '@devlaunch/core'
import { marked, parentOf, recorded, survivors, treeOf } from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'
import { expect, onTestFinished, test } from 'vitest'

/** What an app does while it is imported, by what it is called. */
const apps = {
  // neither SIGINT nor SIGTERM
  deaf: 'import signal; signal.signal(2, signal.SIG_IGN); signal.signal(15, signal.SIG_IGN)',
  // out of reach: another session, no environment, no Python
  daemon: [
    'import os',
    'def become_daemon():',
    '    os.setsid()',
    '    if os.fork(): os._exit(0)',
    '    os.execve("/bin/sleep", ["sleep", "1000"], {})',
    'os.fork() or become_daemon()',
    'os.wait()',
  ],
  // each starts the next one, says so, and ends
  chain: [
    'import os',
    'if os.fork() == 0:',
    '    pulse = os.open("pulse", os.O_WRONLY | os.O_CREAT | os.O_APPEND)',
    '    while os.fork() == 0: os.write(pulse, b".")',
    '    os._exit(0)',
  ],
  // 511 below the first, none of which listens to SIGINT
  tree: [
    'import os, signal, time',
    'first = os.getpid()',
    'for _ in range(9): os.fork()',
    'if os.getpid() != first:',
    '    signal.signal(2, signal.SIG_IGN)',
    '    time.sleep(1000)',
  ],
  plain: '',
}

async function start(app: keyof typeof apps, options: LaunchOptions = {}) {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-test-'))
  const answer = 'def app(environ, respond):\n    respond("200 OK", [])\n    return [b"hello"]\n'
  await writeFile(join(cwd, 'app.py'), [apps[app], answer].flat().join('\n'))
  const server = await launch(wsgi, { cwd, app: 'app', ...options })
  onTestFinished(async () => {
    await server.kill()
    await rm(cwd, { recursive: true })
  })
  return server
}

async function seconds(action: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await action
  return (performance.now() - start) / 1000
}

test('a server that is deaf is killed after 5 s', { timeout: 20_000 }, async () => {
  const server = await start('deaf')
  const took = await seconds(server.stop())
  expect(took).toBeGreaterThan(4.9)
  expect(took).toBeLessThan(11) // not by the launcher, which would do it after 12 s
  expect(await server.exited).toMatchObject({ signal: 9, killed: [{ pid: server.pid }], survivors: [] })
})

test('a server that is stopped by SIGSTOP ends when it is asked', async () => {
  const server = await start('plain')
  process.kill(server.pid, 'SIGSTOP')
  expect(await server.stop()).toMatchObject({ killed: [], survivors: [] })
})

test.for(['SIGKILL', 'SIGSTOP'] as const)(
  'nothing is left by a guard that gets %s, a daemon without environment neither',
  { timeout: 20_000 },
  async (signal) => {
    const cleaned: Process[] = []
    const onEvent: LaunchOptions['onEvent'] = (event) => {
      if (event.event === 'cleaned') cleaned.push(...event.processes)
    }
    const server = await start('daemon', { onEvent })
    const commands = () => treeOf(server.pid).map(({ command }) => command)
    await expect.poll(commands).toContain('sleep 1000 ') // its last step comes after its parent goes on
    const tree = treeOf(server.pid)
    await recorded(tree.find(({ command }) => command === 'sleep 1000 ')?.pid ?? 0)
    process.kill(parentOf(server.pid), signal)
    if (signal === 'SIGSTOP') void server.kill()
    expect((await server.exited).error).toMatchObject({ code: 'GUARD_LOST' })
    expect(survivors(tree)).toEqual([])
    if (signal === 'SIGKILL') expect(cleaned).toMatchObject([{ command: 'sleep 1000' }])
  },
)

test('a chain of processes, each of which starts the next and ends, is gone', async () => {
  const server = await start('chain')
  const links = async () => (await stat(join(server.plan.cwd, 'pulse'))).size
  await expect.poll(links, { timeout: 20_000 }).toBeGreaterThan(100)
  expect(await server.kill()).toMatchObject({ survivors: [] })
  const last = await links()
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await links()).toBe(last)
})

test.for(['stop', 'kill the guard'] as const)(
  'a tree of 500 is gone: %s',
  { timeout: 180_000 },
  async (how) => {
    const run = crypto.randomUUID()
    const server = await start('tree', { env: { DEVLAUNCH_TEST_RUN: run } })
    await expect.poll(() => marked(run), { timeout: 60_000 }).toHaveLength(512)
    if (how === 'stop') expect(await server.stop()).toMatchObject({ survivors: [] })
    else process.kill(parentOf(server.pid), 'SIGKILL')
    await server.exited
    expect(marked(run)).toEqual([])
  },
)
