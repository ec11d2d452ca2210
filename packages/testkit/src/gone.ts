import { get } from 'node:http'
import type { Server } from '@devlaunch/core'
import { describe, expect, test } from 'vitest'
import { freePort } from './free-port.ts'
import { hostile } from './hostile.ts'
import { descendants, isTaken, listening } from './kernel.ts'
import { expectGone, living, type Trial, treeOf } from './trial.ts'

/** Gone: whatever ends the launcher, or however the server resists, nothing of its tree lives on. */
export function gone({ adapter, age, fixture, modes, busy, makeProject, start, startCli }: Trial): void {
  const [busiest, ...others] = busy

  describe.for(modes)('$name', (mode) => {
    test('is gone with its daemon after a SIGKILL of the command line', async () => {
      const environment = hostile(adapter, await freePort())
      await using project = await makeProject(environment)
      await using cli = await startCli(project, mode, environment)
      const { url } = await cli.event('ready')
      const { pid } = await cli.event('started')
      expect(listening(treeOf(pid))).toEqual([new URL(url).host]) // and not on the inherited socket

      const port = await freePort()
      await fetch(`${url}/listen?how=daemon&host=127.0.0.1&port=${port}`)
      await expect.poll(() => isTaken(port)).toBe(true)
      const tree = descendants(cli.pid)
      cli.signal('SIGKILL')
      await expectGone(tree, url)
      expect(isTaken(port)).toBe(false)
    })
  })

  test('is gone after a SIGKILL of the command line while it starts', async () => {
    await using project = await makeProject()
    await using cli = await startCli(project, busiest)
    await cli.event('started')
    const tree = descendants(cli.pid)
    cli.signal('SIGKILL')
    await expect.poll(() => living(tree)).toEqual([])
  })

  test('is gone with launcher and guard, and the reader of what it prints', async () => {
    await using project = await makeProject()
    // or the guard of another server would end what this one leaves
    await using cli = await startCli(project, busiest, { XDG_RUNTIME_DIR: project.cwd })
    const { url } = await cli.event('ready')
    const tree = descendants(cli.pid)
    const guard = tree.find(({ command }) => command.includes('guard/__main__.py'))?.pid
    const server = tree.filter(({ pid }) => pid !== guard)
    signal(server, 'SIGSTOP') // what they do about it, they do when both have gone
    signal(
      tree.filter(({ pid }) => pid === guard),
      'SIGKILL',
    )
    cli.signal('SIGKILL')
    await cli.exited
    signal(living(server), 'SIGCONT')
    await expectGone(tree, url)
  })

  // what a signal of the command line sets off is the same in every release
  describe.for(age === 'newest' ? busy : [others.at(-1) ?? busiest])('$name', (mode) => {
    test.for([
      ['SIGTERM', 143],
      ['SIGHUP', 129],
      ['SIGINT', 130],
    ] as const)('is gone after %s of the command line, whose exit code is %i', async ([signal, code]) => {
      await using project = await makeProject()
      await using cli = await startCli(project, mode)
      const { url } = await cli.event('ready')
      const tree = descendants(cli.pid)
      cli.signal(signal)
      expect(await cli.exited).toBe(code)
      const { killed } = await cli.event('exit')
      // by itself, before the guard has to; multiprocessing's ignores every signal and ends after all others
      expect(killed.filter(({ command }) => !command.includes('resource_tracker'))).toEqual([])
      await expectGone(tree, url)
    })
  })

  const { stream, websocket } = fixture
  const open = [
    ...(stream ? [['a response never ends', ({ url }: Server) => readOne(url + stream)] as const] : []),
    ...(stream ? [['a request takes 20 s', ask] as const] : []),
    ...(websocket ? [['a WebSocket is open', openWebSocket] as const] : []),
  ]
  test.for(open)('is gone while %s', async ([, connect]) => {
    await using project = await makeProject()
    await using server = await start(project, busiest)
    const close = await connect(server)
    const tree = treeOf(server.pid)
    const asked = performance.now()
    await server.stop()
    expect(performance.now() - asked).toBeLessThan(15_000) // the request takes 20 s
    expect(living(tree)).toEqual([])
    close()
  })
}

function signal(processes: readonly { readonly pid: number }[], name: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, name)
    } catch {
      // ESRCH: it has ended
    }
  }
}

async function readOne(url: string): Promise<() => void> {
  const response = await fetch(url)
  const reader = response.body?.getReader()
  expect(await reader?.read()).toMatchObject({ done: false })
  return () => void reader?.cancel().catch(() => {}) // it was cut off
}

/** Resolves when the app works on the request. */
async function ask(server: Server): Promise<() => void> {
  const request = get(`${server.url}/slow`).on('error', () => {}) // it is cut off
  await expect.poll(() => server.logs.all).toContain('SLOW')
  return () => void request.destroy()
}

async function openWebSocket({ url }: Server): Promise<() => void> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  socket.addEventListener('error', () => {}) // it is cut off
  const { promise, resolve } = Promise.withResolvers<unknown>()
  socket.addEventListener('message', ({ data }) => resolve(data))
  expect(await promise).toBe('open')
  return () => socket.close()
}
