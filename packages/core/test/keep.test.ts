import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isTaken } from '../../testkit/src/kernel.ts'
import { script } from '../../testkit/src/script.ts'
import { DevlaunchError, type LaunchEvent, type LaunchOptions, launch } from '../src/index.ts'

const app = `import os, sys
from http.server import *
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())
HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
`

/** A server, and what is told of it. */
async function start(options: LaunchOptions = {}) {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-keep-'))
  const file = join(cwd, 'app.py')
  await writeFile(file, app)
  const events: LaunchEvent['event'][] = []
  const onEvent = ({ event }: LaunchEvent) => void events.push(event)
  const server = await launch(script, { cwd, script: 'app.py', onEvent, ...options })
  onTestFinished(async () => {
    await server.stop()
    await rm(cwd, { recursive: true })
  })
  return { server, events, file }
}

const pidOf = async (url: string) => Number(await (await fetch(url)).text())
const codeOf = (error: unknown) => error instanceof DevlaunchError && error.code

test('started again it is another process at the same URL, and has one end', async () => {
  const { server, events } = await start()
  const { url, pid } = server
  expect(await server.restart()).toEqual({ local: url, network: undefined })
  expect(server.pid).not.toBe(pid)
  expect(await pidOf(url)).toBe(server.pid)
  expect(events.filter((event) => event === 'ready')).toHaveLength(2)
  const exit = await server.stop()
  expect(exit).toMatchObject({ error: undefined, survivors: [] })
  expect(events.filter((event) => event === 'exit')).toEqual(['exit'])
  expect(isTaken(Number(new URL(url).port))).toBe(false)
})

test('whoever asks twice at once is served in turn', async () => {
  const { server } = await start()
  const pids = [server.pid]
  await Promise.all([1, 2].map(() => server.restart().then(() => pids.push(server.pid))))
  expect(new Set(pids).size).toBe(3)
  expect(await pidOf(server.url)).toBe(pids[2])
})

test('a stop calls a restart off, and nothing is left', async () => {
  const { server } = await start()
  const again = server.restart().catch(codeOf)
  const exit = await server.stop()
  expect(await again).toBe('ABORTED')
  expect(exit.error).toBeUndefined()
  expect(isTaken(Number(new URL(server.url).port))).toBe(false)
  expect(await server.restart().catch(codeOf)).toBe('ABORTED')
})

test('an app that has broken meanwhile ends it, and says why to both', async () => {
  const { server, file, events } = await start()
  await writeFile(file, 'raise LookupError("no stock")\n')
  await expect(server.restart()).rejects.toThrow('LookupError: no stock')
  const { error } = await server.exited
  expect(error).toMatchObject({ code: 'FAILED' })
  expect(events.at(-1)).toBe('exit')
})

test.each([
  ['10.255.255.1', 'USAGE'],
  ['no-such-interface', 'USAGE'],
])('a network that is not there (%s) is told, and the server runs on', async (wish, code) => {
  const { server } = await start()
  const { pid } = server
  expect(await server.expose(wish).catch(codeOf)).toBe(code)
  expect(await pidOf(server.url)).toBe(pid)
})

test.each([0, -1, Number.NaN, 2 ** 31])('%s ms is no time on a network', async (lanFor) => {
  expect(await start({ lan: true, lanFor }).catch(codeOf)).toBe('USAGE')
})

test('an address is chosen by one of two', async () => {
  expect(await start({ lan: true, host: '127.0.0.1' }).catch(codeOf)).toBe('USAGE')
})
