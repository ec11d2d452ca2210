import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { devlaunch, newestPython } from './kit/cli.ts'
import { project } from './kit/project.ts'

describe('an address wider than loopback is refused with exit code 3, by name, with the word that accepts it', () => {
  test.each([
    ['0.0.0.0', 'public-bind'],
    ['::', 'public-bind'],
    ['', 'public-bind'],
    ['0', 'public-bind'],
    ['*', 'public-bind'],
    ['8.8.8.8', 'public-bind'],
    ['example.com', 'public-bind'],
    ['192.168.1.23', 'lan-bind'],
  ])('--host %j', async (host, risk) => {
    await using folder = await project({ 'index.html': 'hello' })
    const { code, stderr } = await devlaunch(['http', `--host=${host}`], { cwd: folder.path })
    expect(stderr).toContain(`--allow ${risk}`)
    expect(code).toBe(3)
  })
})

describe('an odd spelling of loopback is normalised', () => {
  test.each(['0x7f.1', '2130706433', '127.1', 'localhost', '::ffff:127.0.0.1'])('--host %s', async (host) => {
    await using folder = await project({ 'index.html': 'hello' })
    const { code, stdout } = await devlaunch(['http', `--host=${host}`, '--dry-run', '--json'], {
      cwd: folder.path,
    })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ policy: { bind: { host: '127.0.0.1' }, reach: 'loopback' } })
  })
})

/** No event of a process, and no file that a shell or a Python would have made. */
async function expectUntouched(cwd: string, args: readonly string[]) {
  const { stdout } = await devlaunch([...args, '--json'], { cwd, env: { PATH: await decoys(cwd) } })
  const events = stdout.split('\n').filter(Boolean)
  expect(events.map((line) => JSON.parse(line).event)).toEqual(['error'])
  expect(await readdir(cwd)).toEqual(['decoys', 'file.txt'])
}

/** A PATH whose every Python, and whose shell, leaves a trace. */
async function decoys(cwd: string): Promise<string> {
  const folder = join(cwd, 'decoys')
  await mkdir(folder)
  for (const name of ['python', 'python3', 'sh'])
    await writeFile(join(folder, name), `#!/bin/sh\ntouch ${cwd}/canary\n`, { mode: 0o755 })
  return folder
}

describe('what is no app, no folder or no port is named, with exit code 2, and nothing is spawned', () => {
  test.each([
    [['uvicorn', 'main:app\n--host=::'], /is not an app/],
    [['uvicorn', 'main:app;touch canary'], /is not an app/],
    [['uvicorn', '$(touch canary):app'], /is not an app/],
    [['gunicorn', 'mаin:app'], /is not an app/], // a Cyrillic а
    [['uvicorn', '--bind=0.0.0.0:9'], /unknown option/],
    [['http', 'missing'], /missing does not exist/],
    [['http', 'file.txt'], /is not a directory/],
    [['http', '--cwd', 'missing'], /does not exist/],
    [['http', '--port', '8e3'], /is not a port/],
    [['nginx'], /there is no server "nginx"/],
    [['http', 'a', 'b'], /unexpected "b"/],
    [['django'], /needs manage.py/],
    [[], /no Python server was recognised/],
  ])('%j', async (args, message) => {
    await using folder = await project({ 'file.txt': '' })
    const { code, stderr, stdout } = await devlaunch(args, { cwd: folder.path })
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^\s+at .*\.ts/m)
    expect(stdout).toBe('')
    expect(code).toBe(2)
    await expectUntouched(folder.path, args)
  })

  test.each([
    ['uvicorn', '--host=::'],
    ['uvicorn', '--uds=/tmp/x'],
    ['uvicorn', '--fd=3'],
    ['gunicorn', '--bind=0.0.0.0:9'],
    ['gunicorn', '-b0.0.0.0:9'],
    ['gunicorn', '--bin=0.0.0.0:9'],
    ['gunicorn', '-D'],
    ['flask', '--host=::'],
    ['http', '--bind=::'],
  ])("the %s's own %s is refused with exit code 3", async (server, argument) => {
    await using folder = await project({ 'app.py': '' })
    const target = server === 'http' ? '.' : 'app:app'
    const args = [server, target, '--python', newestPython(), '--', argument]
    const { code, stderr } = await devlaunch(args, { cwd: folder.path })
    expect(stderr).toContain(JSON.stringify(argument))
    expect(code).toBe(3)
  })
})

test('several servers that fit are listed with the words that pick one', async () => {
  await using folder = await project({
    'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
    'main.py': 'from fastapi import FastAPI\napi = FastAPI()\n',
  })
  const { code, stderr } = await devlaunch([], { cwd: folder.path })
  expect(stderr).toMatch(/devlaunch flask app:app +app\.py/)
  expect(stderr).toMatch(/devlaunch uvicorn main:api +main\.py/)
  expect(code).toBe(2)
})

test('a folder that the user may not read is named', async () => {
  await using folder = await project({})
  const secret = join(folder.path, 'secret')
  await mkdir(secret)
  await chmod(dirname(folder.path), 0o755)
  await chmod(secret, 0o000)
  // root may read everything: then the unreadable folder is asked for by somebody else
  const asNobody = process.getuid?.() === 0 ? ['--reuid=65534', '--clear-groups'] : []
  const { code, stderr } = await devlaunchAs(asNobody, ['http', secret, '--python', '/usr/bin/python3'])
  await chmod(secret, 0o700)
  expect(stderr).toMatch(/can't be read by you/)
  expect(code).toBe(2)
})

async function devlaunchAs(user: readonly string[], args: readonly string[]) {
  const { execa } = await import('execa')
  const { command } = await import('./kit/cli.ts')
  const words = user.length > 0 ? ['setpriv', ...user, ...command, ...args] : [...command, ...args]
  const [file = '', ...rest] = words
  const { exitCode, stderr } = await execa(file, rest, { reject: false, cwd: '/' })
  return { code: exitCode, stderr }
}

test('a mistake of our own shows its stack, and no line of the bundle', async () => {
  const broken = 'process.stdout.write = () => { throw new Error("not foreseen") }'
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}` }
  const { code, stderr } = await devlaunch(['--version'], { env })
  expect(stderr).toMatch(/^Error: not foreseen\n {4}at /)
  expect(code).toBe(1)
})
