import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isTaken } from '@devlaunch/testkit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { http, launch, type Running, urlOf } from '../src/index.ts'
import { list } from '../src/ps.ts'
import { devlaunch, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { serving } from './kit/serving.ts'
import { until } from './kit/until.ts'

/** What other tests run is in another list. */
let runtime: string
beforeEach(async () => {
  runtime = await mkdtemp(join(tmpdir(), 'devlaunch-ps-'))
  vi.stubEnv('XDG_RUNTIME_DIR', runtime)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(runtime, { recursive: true })
})

const python = ['--python', newestPython()]

test('nothing runs', async () => {
  expect(await devlaunch(['ps'])).toEqual({ code: 0, stdout: 'nothing runs', stderr: '' })
  expect((await devlaunch(['ps', '--json'])).stdout).toBe('[]')
  expect(await devlaunch(['stop', '--all'])).toEqual({ code: 0, stdout: 'nothing runs', stderr: '' })
})

test('what a command line has started is listed, found and stopped, from a folder below too', async () => {
  await using folder = await project({ '.git/HEAD': '', 'web/src/index.html': '' })
  const { path } = folder
  const { url, running } = await serving(['http', 'web', ...python], { cwd: path })

  const { stdout } = await devlaunch(['ps'])
  expect(stdout).toMatch(
    /^NAME {6}URL +OPEN TO +UP\nhttp web {2}http:\/\/127\.0\.0\.1:\d+ +this machine +\d+s\n/,
  )
  const [entry] = JSON.parse((await devlaunch(['ps', '--json'])).stdout)
  expect(entry).toMatchObject({ name: 'http web', by: 'command line', urls: { local: url } })
  expect(entry).toMatchObject({ project: await realpath(path), launcher: { pid: running.pid } })

  const below = { cwd: join(path, 'web/src') }
  for (const words of [[], ['http'], ['http', 'web']])
    expect(await devlaunch(['url', ...words], below)).toEqual({ code: 0, stdout: url, stderr: '' })
  expect(await urlOf('http web', below)).toBe(url)
  for (const words of [
    ['url', '--json'],
    ['stop', '--dry-run', '--json'],
  ]) {
    const told: Running | Running[] = JSON.parse((await devlaunch(words, below)).stdout)
    expect([told].flat()).toEqual([entry])
  }

  const stopped = await devlaunch(['stop'], below)
  expect(stopped).toEqual({ code: 0, stdout: `ended http web at ${url}`, stderr: '' })
  expect(isTaken(Number(new URL(url).port))).toBe(false)
  const { exitCode, stdout: events } = await running
  expect(exitCode).toBe(0)
  expect(String(events)).toContain('{"event":"stopping"}')
})

test('--all with the name of one ends nothing, nor does --dry-run', async () => {
  await using folder = await project({ 'index.html': '' })
  await using server = await launch(http, { cwd: folder.path, python: newestPython() })
  for (const words of [['http'], ['--port', '9'], ['--cwd', '.']]) {
    const { code, stdout, stderr } = await devlaunch(['stop', '--all', ...words])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('names one server, and --all means every one')
  }
  expect((await devlaunch(['ps', 'http'])).stderr).toContain('unexpected "http"')
  const { stdout } = await devlaunch(['stop', '--all', '--dry-run'])
  expect(stdout).toBe(`would end http at ${server.url}`)
  expect((await server.fetch('/')).status).toBe(200)
})

test('the one that is stopped says so', async () => {
  await using folder = await project({ 'index.html': '' })
  const running = start(['http', ...python], { cwd: folder.path })
  await until(running, /Expose/)
  expect((await devlaunch(['stop', 'http'], { cwd: folder.path })).code).toBe(0)
  const { stderr, exitCode } = await running
  expect(String(stderr)).toMatch(/▐ ending {2}somebody has asked for it: devlaunch stop, or --replace\s*$/)
  expect(exitCode).toBe(0)
})

test('a server that runs elsewhere, or not at all, is not found', async () => {
  await using folder = await project({ '.git/HEAD': '', 'web/index.html': '' })
  await using other = await project({ '.git/HEAD': '' })
  await using _server = await launch(http, { cwd: folder.path, python: newestPython() })
  for (const words of [['url'], ['url', 'http'], ['stop'], ['stop', 'api']]) {
    const { code, stdout, stderr } = await devlaunch(words, { cwd: other.path })
    expect({ code, stdout }).toEqual({ code: 10, stdout: '' })
    expect(stderr).toMatch(/^▐ error NOT_RUNNING: (?:no server runs|"\w+" does not run) in \/.*\n▐ do {2}/m)
  }
})

test('a server of a program is ended without the program, and a person comes before programs', async () => {
  await using folder = await project({ 'index.html': '' })
  const { path } = folder
  await using one = await launch(http, { cwd: path, python: newestPython(), name: 'api' })
  await using two = await launch(http, { cwd: path, python: newestPython(), name: 'api' })
  const several = await devlaunch(['url', 'api'], { cwd: path })
  expect(several.code).toBe(2)
  expect(several.stderr).toMatch(
    new RegExp(`USAGE: several servers run here\n▐ {3}api --port ${new URL(one.url).port}\n▐ {3}api --port`),
  )
  const [, port] = two.url.split(':').slice(1)
  const stopped = await devlaunch(['stop', 'api', '--port', `${port}`], { cwd: path })
  expect(stopped.stdout).toBe(`ended api at ${two.url}`)
  expect(await two.exited).toMatchObject({ error: undefined, survivors: [] })
  expect((await one.fetch('/')).status).toBe(200)

  const { url, running } = await serving(['http', ...python], { cwd: path })
  expect((await devlaunch(['url'], { cwd: path })).stdout).toBe(url)
  expect((await devlaunch(['stop', '--all'])).stdout.split('\n')).toHaveLength(2)
  expect((await running).exitCode).toBe(0)
  await one.exited
})

test('url waits for a server that starts, and no longer than it is told', async () => {
  await using folder = await project({ 'index.html': '' })
  const { path } = folder
  const wait = devlaunch(['url', 'http', '--timeout', '60'], { cwd: path })
  const promised = urlOf('http', { cwd: path })
  const { url, running } = await serving(['http', ...python], { cwd: path })
  expect(await wait).toEqual({ code: 0, stdout: url, stderr: '' })
  expect(await promised).toBe(url)
  running.kill('SIGTERM')
  await running
  const late = await devlaunch(['url', 'http', '--timeout', '0.2'], { cwd: path })
  expect(late.stderr).toMatch(/NOT_RUNNING: "http" does not run in .*, nor has it within 0\.2 s/)
  await expect(urlOf('http', { cwd: path, timeout: 1 })).rejects.toMatchObject({ code: 'NOT_RUNNING' })
})

test('a command line that is killed leaves nothing in the list', async () => {
  await using folder = await project({ 'index.html': '' })
  const { running } = await serving(['http', ...python], { cwd: folder.path })
  running.kill('SIGKILL')
  await running
  expect((await devlaunch(['ps'])).stdout).toBe('nothing runs')
})

const entry: Running = {
  name: 'api',
  server: 'django',
  front: null,
  project: '/srv/shop',
  urls: { local: 'http://127.0.0.1:8000', network: null },
  reach: 'loopback',
  subnet: null,
  since: 0,
  python: '/srv/shop/.venv/bin/python',
  pid: 1,
  guards: [{ pid: 1, started: '1' }],
  launcher: { pid: 1, started: '1' },
  by: 'command line',
}

test('a table for 80 columns, whatever is in it', () => {
  const long = 'x'.repeat(300)
  const text = list(
    [
      entry,
      { ...entry, name: `flask ${long}`, project: `/srv/${long}`, python: `/opt/${long}/bin/python` },
      { ...entry, reach: 'lan', subnet: '192.168.100.0/24', since: -90_000_000 },
      { ...entry, reach: 'public', urls: { local: 'https://127.0.0.1:65535', network: null } },
    ],
    3_725_000,
  )
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(text).toMatch(/^api .* this machine +1h 2m\n {4}\/srv\/shop, Python \.venv\/bin\/python$/m)
  expect(text).toMatch(/ 192\.168\.100\.0\/24 {2}1d 2h$/m)
})

test("nothing in a server's name or folder reaches the terminal", async () => {
  await using folder = await project({}, 'a\u001b[2J\u202e\nb')
  const odd = '\u001b]0;owned\u0007\u009b2J\u202e\r\nextra'
  await using _server = await launch(http, { cwd: folder.path, python: newestPython(), name: odd })
  const all = [
    await devlaunch(['ps']),
    await devlaunch(['ps', '--json']),
    await devlaunch(['url', 'none'], { cwd: folder.path }),
    await devlaunch(['stop'], { cwd: folder.path }),
  ]
  for (const { stdout, stderr } of all) expect(`${stdout}${stderr}`).toMatch(/^[\n▐ -~]*$/)
  expect(all[0]?.stdout.split('\n')).toHaveLength(4) // a heading, a row, its folder and its Python
  expect(all[3]?.stdout).toMatch(/^ended ".*" at http:.*$/)
})

test('a name that is like a folder is none', async () => {
  await mkdir(join(runtime, 'devlaunch'), { mode: 0o700 })
  expect((await devlaunch(['url', '../../x'])).code).toBe(10)
})
