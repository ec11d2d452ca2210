import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../testkit/src/free-port.ts'
import { script as server } from '../../testkit/src/script.ts'
import { type AnyAdapter, type LaunchOptions, launch, type Server } from '../src/index.ts'

/** Its script listens where it likes. */
const script: AnyAdapter = {
  ...server,
  enforce: { ...server.enforce, bind: 'app-decides' },
  command: ({ script }, flags) => [script, ...flags],
}

/**
 * `serve(name, port)` answers with its name, and 404 to anything but `/` and `/name`; on several hosts it listens before
 * it answers on the first, as event loops do. `mute()` never answers.
 */
const prelude = `
import os, socket, sys, threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer
def serve(name, port=0, *hosts):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path in ("/", "/" + name) else 404)
            self.end_headers()
            self.wfile.write(name.encode())
    class Server(HTTPServer):
        def __init__(self, host):
            self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            super().__init__((host, port), Handler)
    servers = []
    for host in hosts or ["127.0.0.1"]:
        servers.append(Server(host))
        port = servers[0].server_port
    for server in servers:
        threading.Thread(target=server.serve_forever).start()
    return port
def mute():
    return socket.create_server(("127.0.0.1", 0))
def offered():
    return int(os.environ["PORT"]), os.environ["HOST"]
`

async function start(text: string, options: LaunchOptions = {}): Promise<Server> {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-found-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  await writeFile(join(cwd, 'serve.py'), prelude + text)
  const server = await launch(script, { cwd, script: 'serve.py', ...options })
  onTestFinished(async () => void (await server.stop()))
  return server
}

const textOf = async ({ url }: Server) => (await fetch(url)).text()

test('where it listens is found, proven and told', async () => {
  const told: unknown[] = []
  const server = await start('serve("elsewhere")', {
    onEvent: (event) => {
      if (event.event === 'ready' || event.event === 'listening') told.push(event)
    },
  })
  const { port, authority } = server.plan.policy.bind
  const sockets = [expect.objectContaining({ address: '127.0.0.1', port, pid: server.pid })]
  expect(server.plan).toMatchObject({ listener: 'found', url: server.url, unenforced: ['bind'] })
  expect(server.plan.policy.allowedHosts).toEqual([authority])
  expect(server.proof.sockets).toEqual(sockets)
  expect(told).toMatchObject([
    { event: 'listening', sockets },
    { event: 'ready', url: server.url },
  ])
  expect(`${port}`).not.toBe(server.plan.env.PORT)
  expect(await textOf(server)).toBe('elsewhere')
})

test('who reads HOST and PORT listens there, over what the environment had', async () => {
  const port = await freePort()
  const env = { HOST: '0.0.0.0', PORT: '1' }
  const server = await start('serve("obedient", *offered())', { offeredPort: port, env })
  expect(server.url).toBe(`http://127.0.0.1:${port}`)
  expect(server.plan.env).toMatchObject({ HOST: '127.0.0.1', PORT: `${port}` })
})

test('of several, the first that answers HTTP is the server', async () => {
  const server = await start('kept = mute()\ntime.sleep(0.3)\nserve("second")')
  expect(await textOf(server)).toBe('second')
  expect(server.proof.sockets).toHaveLength(2)
})

test('of several, the one that answers the path as wished is the server', async () => {
  const server = await start('serve("metrics")\ntime.sleep(0.3)\nserve("site")', { readyPath: '/site' })
  expect(await textOf(server)).toBe('site')
})

test.each(['::1', '127.0.0.2'])('on %s it is found too, and started again there', async (host) => {
  const server = await start(`serve("there", ${await freePort()}, "${host}")`)
  const { url, pid } = server
  expect(new URL(url).hostname).toBe(host.includes(':') ? `[${host}]` : host)
  expect(await server.restart()).toEqual({ local: url, network: undefined })
  expect(server.pid).not.toBe(pid)
  expect(await textOf(server)).toBe('there')
})

test('on both families of localhost it is at 127.0.0.1', async () => {
  const server = await start('serve("both", 0, "::1", "127.0.0.1")')
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
})

test('beside the port that was named nothing is ready', async () => {
  const port = await freePort()
  const named = await start(`serve("other")\ntime.sleep(0.3)\nserve("named", ${port})`, { port })
  expect(await textOf(named)).toBe('named')
})

test('who answers beside the port that was named is told of', async () => {
  const port = await freePort()
  await expect(start('serve("other")', { port, timeout: 6000 })).rejects.toMatchObject({
    code: 'NOT_READY',
    summary: expect.stringMatching(
      `did not listen on 127.0.0.1:${port} within 6 s; it listens on 127.0.0.1:\\d+ instead`,
    ),
    hint: expect.stringContaining('HOST and PORT'),
  })
})

test.each([
  ['mute()', /listens on 127\.0\.0\.1:\d+ but gave no answer within 6 s/],
  ['None', /did not listen on loopback within 6 s/],
])('%s is no server', async (expression, summary) => {
  const started = start(`kept = ${expression}\ntime.sleep(60)`, { timeout: 6000 })
  await expect(started).rejects.toMatchObject({ code: 'NOT_READY', summary: expect.stringMatching(summary) })
})

test.each([
  ['while it starts', ''],
  ['when it is ready', 'serve("narrow")\ntime.sleep(1)\n'],
])('a wider listener ends it, %s, with its line', async (_, before) => {
  const source = 'socket.socket().listen()'
  const ended = start(`${before}${source}\ntime.sleep(60)`).then(async ({ exited }) => (await exited).error)
  const error = await ended.catch((error) => error)
  expect(error).toMatchObject({
    code: 'EXPOSED',
    summary: expect.stringMatching(/\(serve\.py:\d+\).*planned was 127\.0\.0\.1 and nothing wider/),
    output: expect.stringContaining(source),
  })
})

test("a stranger's is never taken, also where it was the server's own", async () => {
  const text = `
passing = mute()
print("PORT", passing.getsockname()[1])
passing.accept() # it is asked
passing.close()
while not os.path.exists("go"):
    time.sleep(0.01)
serve("own")`
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-found-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  await writeFile(join(cwd, 'serve.py'), prelude + text)
  const stranger = createServer((_, response) => response.end('a stranger'))
  onTestFinished(() => void stranger.close().closeAllConnections())
  let asked = 0
  const take = (port: number) => {
    const listen = () => stranger.listen(port, '127.0.0.1')
    stranger.on('error', () => setTimeout(listen, 10)) // until it is closed
    stranger.on('request', () => ++asked === 2 && writeFile(join(cwd, 'go'), ''))
    listen()
  }
  let shown = ''
  const told = Promise.withResolvers<number>()
  void told.promise.then(take)
  const onOutput = (text: string) => {
    shown += text
    const port = /PORT (\d+)\n/.exec(shown)?.[1]
    if (port) told.resolve(Number(port))
  }
  await using server = await launch(script, { cwd, script: 'serve.py', onOutput })
  expect(asked).toBeGreaterThanOrEqual(2)
  expect(await textOf(server)).toBe('own')
})

test('who does not listen where it is told to is not opened to a network', async () => {
  const server = await start('serve("deaf")')
  await expect(server.expose()).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('HOST'),
  })
  expect(await textOf(server)).toBe('deaf')
})
