import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { isTaken } from '../../testkit/src/kernel.ts'
import { script } from '../../testkit/src/script.ts'
import { type LaunchOptions, launch, type Running, running, type Server, stopRunning } from '../src/index.ts'
import { lifeOf } from '../src/life.ts'

/** It doesn't end as long as there is a file `hold`. */
const app = `import atexit, os, sys, time
from http.server import *
@atexit.register
def wait():
    while os.path.exists("hold"): time.sleep(0.01)
HTTPServer((sys.argv[1], int(sys.argv[2])), SimpleHTTPRequestHandler).serve_forever()
`

let top: string
/** Where entries are. */
let folder: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'devlaunch-registry-'))
  folder = join(top, 'devlaunch')
  vi.stubEnv('XDG_RUNTIME_DIR', top)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(top, { recursive: true })
  })
})

async function start(options: LaunchOptions = {}): Promise<Server> {
  const cwd = join(top, 'shop')
  await mkdir(cwd, { recursive: true })
  await writeFile(join(cwd, 'app.py'), app)
  const server = await launch(script, { cwd, script: 'app.py', ...options })
  onTestFinished(async () => void (await server.stop()))
  return server
}

const entries = async () => (await readdir(folder)).filter((name) => name.endsWith('.json'))

/** The only one, with its file. */
async function only(): Promise<{ readonly entry: Running; readonly name: string }> {
  const [entry] = await running()
  const [name] = await entries()
  if (!entry || !name) throw new Error('nothing runs')
  return { entry, name }
}

test('a server is told of from its start to its end, to nobody else', async () => {
  const server = await start({ name: 'api' })
  const { entry, name } = await only()
  expect(entry).toMatchObject({
    name: 'api',
    server: 'script',
    front: null,
    project: join(top, 'shop'),
    urls: { local: server.url, network: null },
    reach: 'loopback',
    subnet: null,
    python: server.python.path,
    pid: server.pid,
    launcher: { pid: process.pid },
    by: 'library',
  })
  expect(Date.now() - entry.since).toBeLessThan(60_000)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  await server.stop()
  expect(await running()).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

test('it is called as it was started, and is in the list once when it is started again', async () => {
  const server = await start()
  const { entry: before } = await only()
  expect(before.name).toBe('script app.py')
  await server.restart()
  const { entry: after } = await only()
  expect(after).toEqual({ ...before, pid: server.pid, guards: after.guards })
  expect(after.guards).not.toEqual(before.guards)
})

test('the oldest comes first', async () => {
  await start({ name: 'first' })
  await start({ name: 'second' })
  expect((await running()).map(({ name }) => name)).toEqual(['first', 'second'])
})

test('one that is asked to end is in no list any more, before it has ended', async () => {
  const server = await start()
  await writeFile(join(top, 'shop', 'hold'), '')
  const ended = server.stop()
  await expect.poll(running).toEqual([])
  await rm(join(top, 'shop', 'hold'))
  expect(await ended).toMatchObject({ killed: [] })
})

describe('what is not believed', () => {
  /** Something that lives as long as the test. */
  function sleeper(): { readonly pid: number; readonly isAlive: () => boolean } {
    const child = spawn('sleep', ['1000'])
    onTestFinished(() => void child.kill('SIGKILL'))
    return { pid: child.pid ?? 0, isAlive: () => child.exitCode === null && child.signalCode === null }
  }

  /** The file's name, with other numbers for the guard. */
  const renamed = (name: string, guard: string) => name.replace(/\d+\.\d+\.json$/, `${guard}.json`)

  test('a guard that has ended, or whose number another process has now', async () => {
    await start()
    const { entry, name } = await only()
    const [guard] = entry.guards
    const other = sleeper()
    for (const life of [
      { pid: 4_000_000, started: '1' },
      { pid: other.pid, started: '1' },
      { pid: guard?.pid ?? 0, started: '1' },
    ]) {
      const left = { ...entry, guards: [life] }
      await writeFile(join(folder, renamed(name, `${life.pid}.${life.started}`)), JSON.stringify(left))
      expect(await running()).toEqual([entry])
      await stopRunning(left) // ends nobody
    }
    expect(await entries()).toEqual([name]) // what was left is removed
    expect(other.isAlive()).toBe(true)
    expect(await running()).toEqual([entry])
  })

  test('a guard that is none: nobody sends it a signal', async () => {
    await start()
    const { entry, name } = await only()
    const other = sleeper()
    const life = await lifeOf(other.pid)
    if (!life) throw new Error('it has ended')
    const forged = { ...entry, guards: [life] }
    await writeFile(join(folder, renamed(name, `${life.pid}.${life.started}`)), JSON.stringify(forged))
    expect(await running()).toEqual([entry])
    await stopRunning(forged)
    expect(other.isAlive()).toBe(true)
  })

  test('a launcher that has ended: its server is about to', async () => {
    await start()
    const { entry, name } = await only()
    await writeFile(
      join(folder, name),
      JSON.stringify({ ...entry, launcher: { pid: 4_000_000, started: '1' } }),
    )
    expect(await running()).toEqual([])
    expect(await entries()).toEqual([name]) // its guard removes it
  })

  test('another boot, another namespace, and the name of another guard', async () => {
    await start()
    const { entry, name } = await only()
    const [boot, namespace] = name.split('.')
    const text = await readFile(join(folder, name), 'utf8')
    for (const other of [
      name.replace(`${boot}`, '00000000-0000-0000-0000-000000000000'),
      name.replace(`.${namespace}.`, '.1.'),
      renamed(name, '1.1'),
      'x.json',
    ])
      await writeFile(join(folder, other), text)
    expect(await running()).toEqual([entry])
  })

  test.each<[string, (entry: Running) => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a list', (entry) => [entry]],
    ['no name', (entry) => ({ ...entry, name: undefined })],
    ['a name that is long', (entry) => ({ ...entry, name: 'x'.repeat(5000) })],
    [
      'a URL that is a script',
      (entry) => ({ ...entry, urls: { local: 'javascript:alert(1)', network: null } }),
    ],
    ['a URL with more', (entry) => ({ ...entry, urls: { local: 'http://1.2.3.4:80/;rm', network: null } })],
    ['a pid for a group', (entry) => ({ ...entry, guards: [{ pid: -1, started: '1' }] })],
    ['a pid in words', (entry) => ({ ...entry, launcher: { pid: '1', started: '1' } })],
    ['no guards', (entry) => ({ ...entry, guards: [] })],
    ['an own toString', (entry) => ({ ...entry, reach: { toString: 'loopback' } })],
  ])('%s in place of an entry', async (_, make) => {
    await start()
    const { entry, name } = await only()
    await writeFile(join(folder, name), JSON.stringify(make(entry)) ?? '')
    expect(await running()).toEqual([])
  })

  test('garbage, a link, a FIFO, a folder and a file of many megabytes', async () => {
    await start()
    const { entry, name } = await only()
    const path = join(folder, name)
    const text = await readFile(path, 'utf8')
    const elsewhere = join(top, 'elsewhere')
    await writeFile(elsewhere, text)
    const attacks: (() => Promise<unknown>)[] = [
      () => writeFile(path, '{"name": "api", \0\xff'),
      () => symlink(elsewhere, path),
      () => execa('mkfifo', [path]),
      () => mkdir(path),
      () => writeFile(path, JSON.stringify({ ...entry, more: ' '.repeat(20e6) })),
    ]
    for (const attack of attacks) {
      await rm(path, { recursive: true })
      await attack()
      expect(await running()).toEqual([])
    }
    expect(readFileSync(elsewhere, 'utf8')).toBe(text)
  })
})

describe("a folder that isn't ours alone", () => {
  const uid = process.geteuid?.() ?? 0

  test.each<[string, (path: string, theirs: string) => Promise<unknown>]>([
    ['a link', (path, theirs) => symlink(theirs, path)],
    ['open to everybody', (path) => mkdir(path).then(() => chmod(path, 0o777))],
    ['a file', (path) => writeFile(path, '')],
    ["another user's", (path) => mkdir(path, 0o700).then(() => chown(path, 12_345, 12_345))],
  ])('%s: nothing is written, nothing is read, and the server runs', async (_, make) => {
    vi.stubEnv('XDG_RUNTIME_DIR', '')
    vi.stubEnv('TMPDIR', top)
    const theirs = join(top, 'theirs')
    await mkdir(theirs, { mode: 0o700 })
    const path = join(top, `devlaunch-${uid}`)
    await make(path, theirs)
    const server = await start()
    expect((await server.fetch('/')).status).toBe(200)
    expect(await running()).toEqual([])
    const written = await Promise.all([theirs, path].map((each) => readdir(each).catch(() => [])))
    expect(written).toEqual([[], []])
  })
})

describe('stopRunning', () => {
  test('ends exactly that one, with its clean-up, and tells its launcher', async () => {
    const events: string[] = []
    const server = await start({ name: 'one', onEvent: ({ event }) => void events.push(event) })
    const other = await start({ name: 'other' })
    const entry = (await running()).find(({ name }) => name === 'one')
    if (!entry) throw new Error('it is not in the list')
    await stopRunning(entry)
    expect(isTaken(Number(new URL(server.url).port))).toBe(false)
    expect(await server.exited).toMatchObject({ error: undefined, killed: [], survivors: [] })
    expect(events.slice(-2)).toEqual(['stopping', 'exit'])
    expect((await other.fetch('/')).status).toBe(200)
    expect((await running()).map(({ name }) => name)).toEqual(['other'])
    await stopRunning(entry) // has ended: nothing happens
  })
})
