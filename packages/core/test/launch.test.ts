import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { script as server } from '../../testkit/src/script.ts'
import { type LaunchEvent, type LaunchOptions, launch } from '../src/index.ts'

const script = { ...server, hints: [{ match: /DOOMED/, hint: 'give up', fatal: true }] } as const

/** Named by what they do. */
const scripts: Readonly<Record<string, string>> = {
  good: 'import sys; from http.server import *; HTTPServer((sys.argv[1], int(sys.argv[2])), SimpleHTTPRequestHandler).serve_forever()',
  elsewhere:
    'from http.server import *; s = HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler); s.serve_forever()',
  silent:
    'import sys, socket, time; s = socket.create_server((sys.argv[1], int(sys.argv[2]))); time.sleep(60)',
  never: 'import time; time.sleep(60)',
  doomed: 'import time; print("DOOMED: no such thing"); time.sleep(60)',
  exits: 'import sys; print("nothing to do"); sys.exit(3)',
  raises: 'raise LookupError("no stock")',
  deaf: 'import signal, sys; signal.signal(2, signal.SIG_IGN); signal.signal(15, signal.SIG_IGN); from http.server import *; HTTPServer((sys.argv[1], int(sys.argv[2])), SimpleHTTPRequestHandler).serve_forever()',
  leaves: [
    'import os, sys',
    'from http.server import *',
    'class Handler(SimpleHTTPRequestHandler):',
    '    def do_GET(self):',
    '        if self.path == "/leave": os._exit(7)',
    '        super().do_GET()',
    'HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()',
  ].join('\n'),
  refuses: [
    'import sys',
    'from http.server import *',
    'class Handler(BaseHTTPRequestHandler):',
    '    count = 0',
    '    def do_GET(self):',
    '        Handler.count += 1',
    '        self.send_response(200 if self.path == "/health" and Handler.count > 2 else 503)',
    '        self.end_headers()',
    'HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()',
  ].join('\n'),
  forks:
    'import os, sys; os.fork(); from http.server import *; HTTPServer((sys.argv[1], int(sys.argv[2])), SimpleHTTPRequestHandler).serve_forever() if os.getpid() == os.getpgrp() else __import__("time").sleep(60)',
  wants: 'import os, socket; socket.create_server(("127.0.0.1", int(os.environ["OTHER"])))',
  talks:
    'import sys; print("to stdout"); print("to stderr", file=sys.stderr); print("ünïcödé", "no end", sep="\\n", end=""); from http.server import *; HTTPServer((sys.argv[1], int(sys.argv[2])), SimpleHTTPRequestHandler).serve_forever()',
}

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'devlaunch-core-'))
  for (const [name, text] of Object.entries(scripts)) await writeFile(join(cwd, `${name}.py`), `${text}\n`)
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const run = (name: string, options: LaunchOptions = {}) =>
  launch(script, { cwd, script: `${name}.py`, ...options })

test('a server that is ready answers, is proven, and is gone after the block', async () => {
  const events: LaunchEvent['event'][] = []
  let url: string
  {
    await using server = await run('good', { onEvent: ({ event }) => events.push(event) })
    url = server.url
    expect((await fetch(url)).status).toBe(200)
    const { port } = server.plan.policy.bind
    expect(server.proof).toMatchObject({
      sockets: [{ address: '127.0.0.1', port, pid: server.pid }],
      neighbours: [],
    })
    expect(await server.sockets()).toEqual(server.proof.sockets)
  }
  await expect(fetch(url)).rejects.toThrow()
  expect(events.filter((event) => event !== 'guard')).toEqual([
    'planned',
    'started',
    'listening',
    'ready',
    'exit',
  ])
})

test('logs keep both streams', async () => {
  await using server = await run('talks')
  expect(server.logs.stdout).toEqual(['to stdout', 'ünïcödé'])
  expect(server.logs.stderr[0]).toBe('to stderr')
})

test('stop can be called twice, and after the end', async () => {
  const server = await run('good')
  const [first, second] = await Promise.all([server.stop(), server.stop()])
  expect(second).toBe(first)
  expect(await server.stop()).toBe(first)
  expect(await server.sockets()).toEqual([])
})

test('a server that ignores every request to end is ended, and named', async () => {
  const server = await run('deaf')
  const exit = await server.stop()
  expect(exit).toMatchObject({ signal: 9, killed: [{ pid: server.pid }], survivors: [] })
})

test('the status of a server that ends by itself is told', async () => {
  const server = await run('leaves')
  await fetch(`${server.url}/leave`).catch(() => {})
  expect(await server.exited).toMatchObject({ code: 7, signal: null, error: undefined })
})

test('a guard that is killed or stopped takes the whole group along', async () => {
  const { execa } = await import('execa')
  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    const server = await run('forks')
    const { stdout } = await execa('ps', ['-o', 'ppid=', '-p', String(server.pid)])
    process.kill(Number(stdout), signal)
    if (signal === 'SIGSTOP') void server.kill()
    expect((await server.exited).error).toMatchObject({ code: 'GUARD_LOST' })
    const { stdout: all } = await execa('ps', ['-eo', 'pgid=,stat='])
    const alive = all
      .split('\n')
      .filter((line) => line.trim().startsWith(`${server.pid} `) && !line.includes('Z'))
    expect(alive).toEqual([])
  }
})

test('a busy port that the app wanted for itself is not ours', async () => {
  const stranger = createServer()
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const address = stranger.address()
  const env = { OTHER: String(typeof address === 'object' && address?.port) }
  await expect(run('wants', { env })).rejects.toMatchObject({
    code: 'FAILED',
    message: expect.stringMatching(/Address already in use/),
  })
  await new Promise((resolve) => stranger.close(resolve))
})

test.each<LaunchOptions>([
  { envFile: 'none.env' },
  { timeout: 0 },
  { timeout: Number.POSITIVE_INFINITY },
  { readyPath: '//evil.example/' },
  { readyPath: '/\\evil.example/' },
])('%j is refused', async (options) => {
  await expect(run('good', options)).rejects.toMatchObject({ code: 'USAGE' })
})

test('a guard that is killed takes the server along, and is missed', async () => {
  const server = await run('good')
  const { stat } = await import('node:fs/promises')
  const { execa } = await import('execa')
  const { stdout } = await execa('ps', ['-o', 'ppid=', '-p', String(server.pid)])
  process.kill(Number(stdout), 'SIGKILL')
  expect((await server.exited).error).toMatchObject({ code: 'GUARD_LOST' })
  await expect(stat(`/proc/${server.pid}/cwd`)).rejects.toThrow()
})

describe('what does not become ready says why', () => {
  test.each([
    ['exits', 'FAILED', /nothing to do, exit code 3/],
    ['raises', 'FAILED', /LookupError: no stock, exit code 1/],
    ['doomed', 'FAILED', /DOOMED: no such thing/],
  ])('%s', async (name, code, message) => {
    await expect(run(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test.each([
    ['never', /did not listen on 127\.0\.0\.1:\d+ within 6 s/],
    ['elsewhere', /did not listen on 127\.0\.0\.1:\d+ within 6 s; it listens on 127\.0\.0\.1:\d+ instead/],
    ['silent', /listens on 127\.0\.0\.1:\d+ but gave no answer within 6 s/],
  ])('%s, in the time it was given', async (name, message) => {
    await expect(run(name, { timeout: 6000 })).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringMatching(message),
    })
  })

  test('an answer that is an error, where a path was named', async () => {
    await expect(run('refuses', { timeout: 6000, readyPath: '/' })).rejects.toThrow(/answered 503/)
    await using server = await run('refuses', { readyPath: '/health' })
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })
})

test('a launch can be called off, before and after it is ready', async () => {
  const events: string[] = []
  const onEvent = ({ event }: LaunchEvent) => events.push(event)
  await expect(run('never', { signal: AbortSignal.abort(), onEvent })).rejects.toMatchObject({
    code: 'ABORTED',
  })
  expect(events).toEqual([])
  const early = new AbortController()
  const launching = run('never', {
    signal: early.signal,
    onEvent: ({ event }) => event === 'started' && early.abort(),
  })
  await expect(launching).rejects.toMatchObject({ code: 'ABORTED' })
  const late = new AbortController()
  const server = await run('good', { signal: late.signal })
  late.abort()
  expect((await server.exited).error).toBeUndefined()
  const last = new AbortController()
  const ready = await run('good', {
    signal: last.signal,
    onEvent: ({ event }) => event === 'ready' && last.abort(),
  })
  expect((await ready.exited).error).toBeUndefined()
})

test('who loses a race for a port looks somewhere near, and not where the others do', async () => {
  const strangers: Server[] = []
  const take = (event: LaunchEvent) => {
    if (event.event !== 'planned' || strangers.length === 4) return
    strangers.push(createServer().listen(event.plan.policy.bind.port, '127.0.0.1'))
  }
  await using server = await run('good', { port: 7300, onEvent: take })
  const ports = strangers.map((stranger) => (stranger.address() as AddressInfo).port)
  expect(ports).toHaveLength(4)
  expect(ports).not.toContain(server.plan.policy.bind.port)
  await Promise.all(strangers.map((stranger) => new Promise((resolve) => stranger.close(resolve))))
})

test('a port that another process takes at the last moment is replaced, unless it was asked for', async () => {
  const stranger = createServer()
  const take = (event: LaunchEvent) => {
    if (event.event === 'planned' && !stranger.listening)
      stranger.listen(event.plan.policy.bind.port, '127.0.0.1')
  }
  await using server = await run('good', { onEvent: take })
  const address = stranger.address()
  const port = typeof address === 'object' && address ? address.port : 0
  expect(server.plan.policy.bind.port).not.toBe(port)
  await expect(run('good', { port, strictPort: true })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringContaining(`pid ${process.pid} `),
  })
  await new Promise((resolve) => stranger.close(resolve))
})
