import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { script } from '../../testkit/src/script.ts'
import { launch, type Server } from '../src/index.ts'
import { Log } from '../src/logs.ts'

/** `GET /say?text` prints it, and `GET /end` ends the server. */
const app = `import os, sys, urllib.parse
from http.server import *
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, text = self.path.partition("?")
        if path == "/say":
            print(urllib.parse.unquote(text), flush=True)
        if path == "/end":
            print("last words", flush=True)
            os._exit(3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())
    def log_message(self, *_):
        print("asked", file=sys.stderr, flush=True)
print("\\x1b[32mstart\\x1b[0med, pid", os.getpid(), flush=True)
HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
`

async function start(): Promise<Server> {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-wait-'))
  await writeFile(join(cwd, 'app.py'), app)
  const server = await launch(script, { cwd, script: 'app.py' })
  onTestFinished(async () => {
    await server.stop()
    await rm(cwd, { recursive: true })
  })
  return server
}

const say = (server: Server, text: string) => server.fetch(`/say?${encodeURIComponent(text)}`)

test('a line that was printed already, without its colours, by words or a pattern', async () => {
  const server = await start()
  const line = `started, pid ${server.pid}`
  expect(await server.waitForLog('started')).toBe(line)
  expect(await server.waitForLog(/^started, pid \d+$/)).toBe(line)
  const global = /pid/g
  expect(await server.waitForLog(global)).toBe(line)
  expect(await server.waitForLog(global)).toBe(line)
  expect(global.lastIndex).toBe(0)
})

test('a line that comes, of one stream or both', async () => {
  const server = await start()
  const waits = [server.waitForLog('sent 7'), server.waitForLog('sent 7', { stream: 'stdout' })]
  await say(server, 'mail sent 7 times')
  expect(await Promise.all(waits)).toEqual(['mail sent 7 times', 'mail sent 7 times'])
  expect(await server.waitForLog('asked', { stream: 'stderr' })).toBe('asked')
  await expect(server.waitForLog('asked', { stream: 'stdout', timeout: 100 })).rejects.toMatchObject({
    code: 'NOT_READY',
    summary: 'script has not printed "asked" to stdout within 0.1 s',
  })
})

test('across a restart, and what was printed before stays', async () => {
  const server = await start()
  const { pid, logs } = server
  const wait = server.waitForLog(new RegExp(`^started, pid (?!${pid}$)`))
  await server.restart()
  expect(await wait).toBe(`started, pid ${server.pid}`)
  expect(await server.waitForLog(`pid ${pid}`)).toBe(`started, pid ${pid}`)
  expect(server.logs).toBe(logs)
  expect(await (await server.fetch('/x')).text()).toBe('/x')
})

test('what does not come is told with the last lines', async () => {
  const server = await start()
  await say(server, 'ready for orders')
  const error = await server.waitForLog(/no such \w+/, { timeout: 100 }).catch((error) => error)
  expect(error.code).toBe('NOT_READY')
  expect(error.message).toMatch(
    /^script has not printed \/no such \\w\+\/ within 0\.1 s\n\n(?:.*\n)*ready for orders\n(?:.*\n)*\nwhat to do: /,
  )
})

test('a server that ends is told with its output', async () => {
  const server = await start()
  const wait = server.waitForLog('never').catch((error) => error)
  await server.fetch('/end').catch(() => {})
  expect(await wait).toMatchObject({ code: 'FAILED', output: expect.stringMatching(/last words$/) })
  expect((await wait).summary).toBe('script has ended (exit code 3), and has not printed "never"')
  await expect(server.waitForLog('never')).rejects.toMatchObject({ code: 'FAILED' })
  expect(await server.waitForLog('last words')).toBe('last words')
})

test('a signal ends the wait, and no more than it', async () => {
  const server = await start()
  const controller = new AbortController()
  const wait = server.waitForLog('never', { signal: controller.signal }).catch((error) => error)
  controller.abort()
  expect(await wait).toMatchObject({ code: 'ABORTED' })
  await expect(server.waitForLog('never', { signal: controller.signal })).rejects.toMatchObject({
    code: 'ABORTED',
  })
  expect((await server.fetch('/')).status).toBe(200)
})

test.each([0, -1, Number.NaN, 2 ** 31])('%s ms is no time to wait', async (timeout) => {
  const server = await start()
  await expect(server.waitForLog('x', { timeout })).rejects.toMatchObject({ code: 'USAGE' })
})

test('no line is missed in a chunk of many', () => {
  const log = new Log()
  const seen: string[] = []
  const unwatch = log.onLines((lines) => void seen.push(...lines))
  log.add(`first\n${'x\n'.repeat(5000)}`, 'stdout')
  unwatch()
  log.add('later\n', 'stdout')
  expect([seen.length, seen[0], seen.includes('later')]).toEqual([5001, 'first', false])
  expect(log.all).toHaveLength(1000)
})

test('what an earlier start printed explains nothing of this one', () => {
  const log = new Log()
  log.add('Traceback of before\nno end', 'stderr')
  log.begin()
  expect(log.text).toBe('')
  log.add('now\n', 'stdout')
  expect(log.text).toBe('now')
  expect(log.all).toEqual(['Traceback of before', 'no end', 'now'])
})

test.each(['//example.org/', 'http://example.org/', 'http://127.0.0.1:1/', '\\\\example.org/'])(
  'fetch asks nobody else: %s',
  async (path) => {
    const server = await start()
    await expect(server.fetch(path)).rejects.toMatchObject({ code: 'USAGE' })
  },
)

test('fetch takes what fetch takes', async () => {
  const server = await start()
  const answer = await server.fetch('/a?b=c', { headers: { accept: '*/*' } })
  expect(await answer.text()).toBe('/a?b=c')
  expect((await server.fetch('/', { method: 'DELETE' })).status).toBe(501)
})
