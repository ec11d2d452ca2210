import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { devlaunch, newest, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { until } from './kit/until.ts'

let bare: string
beforeAll(async () => {
  bare = await mkdtemp(join(tmpdir(), 'devlaunch-bare-'))
  await execa('python3', ['-m', 'venv', '--without-pip', bare])
})
afterAll(() => rm(bare, { recursive: true, force: true }))

const flask = 'from flask import Flask\napp = Flask(__name__)\n'
const none = { VIRTUAL_ENV: '', CONDA_PREFIX: '', PYENV_VERSION: '' }

async function chosen(cwd: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const { stdout } = await devlaunch(['which', 'flask', '--json', ...args], { cwd, env: { ...none, ...env } })
  return JSON.parse(stdout)
}

describe('the interpreter is the one of the project, and says why', () => {
  test('.venv two folders up, up to the root of the repository', async () => {
    await using folder = await project({ '.git/HEAD': '', 'services/shop/app.py': flask })
    await symlink(newest(), join(folder.path, '.venv'))
    const { chosen: python } = await chosen(join(folder.path, 'services/shop'))
    expect(python).toMatchObject({ path: join(folder.path, '.venv/bin/python'), release: '3.1.3' })
    expect(python.why).toContain(folder.path)
  })

  test('not above it', async () => {
    await using folder = await project({ 'repo/.git/HEAD': '', 'repo/app.py': flask })
    await symlink(newest(), join(folder.path, '.venv'))
    const { candidates } = await chosen(join(folder.path, 'repo'))
    expect(JSON.stringify(candidates)).not.toContain(join(folder.path, '.venv'))
  })

  test('one that anybody could change is passed over', async () => {
    await using folder = await project({ '.git/HEAD': '', 'app.py': flask, '.venv/pyvenv.cfg': '' })
    await chmod(join(folder.path, '.venv'), 0o777)
    expect(JSON.stringify((await chosen(folder.path)).candidates)).not.toContain(join(folder.path, '.venv'))
  })

  test('VIRTUAL_ENV wins over .venv, --python over both', async () => {
    await using folder = await project({ '.git/HEAD': '', 'app.py': flask })
    await symlink(newest(), join(folder.path, 'other'))
    await symlink(newest(), join(folder.path, '.venv'))
    const env = { VIRTUAL_ENV: join(folder.path, 'other') }
    expect((await chosen(folder.path, [], env)).chosen.path).toBe(join(folder.path, 'other/bin/python'))
    expect((await chosen(folder.path, ['--python', newest()], env)).chosen.path).toBe(newestPython())
    expect((await chosen(folder.path, ['--python', '.venv'], env)).chosen.path).toBe(
      join(folder.path, '.venv/bin/python'),
    )
  })

  test('one without the framework is rejected with the reason, and the next is tried', async () => {
    await using folder = await project({ '.git/HEAD': '', 'app.py': flask })
    await symlink(newest(), join(folder.path, '.venv'))
    const found = await chosen(folder.path, [], { VIRTUAL_ENV: bare })
    expect(found.candidates[0]).toMatchObject({
      path: join(bare, 'bin/python'),
      rejected: 'Flask is not installed in it',
    })
    expect(found.chosen.path).toBe(join(folder.path, '.venv/bin/python'))
  })

  test("a python3 that npm's own directories put first on the PATH is passed over", async () => {
    await using folder = await project({
      '.git/HEAD': '',
      'node_modules/.bin/python3': '#!/bin/sh\nexit 1\n',
    })
    await chmod(join(folder.path, 'node_modules/.bin/python3'), 0o755)
    const path = [join(folder.path, 'node_modules/.bin'), process.env.PATH].join(delimiter)
    const { candidates } = await chosen(folder.path, [], { PATH: path })
    expect(JSON.stringify(candidates)).not.toContain('node_modules')
  })

  test("a flask.py, json.py or site.py of the project isn't imported by the question", async () => {
    const canary = 'open("canary", "w")\n'
    await using folder = await project({
      '.git/HEAD': '',
      'flask.py': canary,
      'json.py': canary,
      'site.py': canary,
    })
    await devlaunch(['which', 'flask', '--python', '/usr/bin/python3'], { cwd: folder.path })
    await devlaunch(['flask', '--dry-run', '--python', newestPython()], { cwd: folder.path })
    expect(
      await devlaunch(['http', '--dry-run', '--cwd', '.', '--', '--help'], { cwd: folder.path }),
    ).toBeDefined()
    const { access } = await import('node:fs/promises')
    await expect(access(join(folder.path, 'canary'))).rejects.toThrow()
  })

  test('a link that leads nowhere, and a file that is no program', async () => {
    await using folder = await project({ '.git/HEAD': '' })
    await symlink('/nowhere/python', join(folder.path, 'gone'))
    await writeFile(join(folder.path, 'text'), 'not a program', { mode: 0o755 })
    for (const [name, reason] of [
      ['./gone', /no such file/],
      ['./text', /can't be run/],
      ['./missing', /no such file/],
    ] as const) {
      const { code, stderr } = await devlaunch(['http', '--python', name], { cwd: folder.path })
      expect(stderr).toMatch(reason)
      expect(code).toBe(4)
    }
  })
})

test("paths with spaces, quotes and other people's letters work from end to end", async () => {
  await using folder = await project({ 'index.html': 'hello' }, `it's "a" $HOME; ‘ünïcödé’ 漢字`)
  await mkdir(join(folder.path, '.git'))
  await symlink(newest(), join(folder.path, '.venv'))
  await writeFile(join(folder.path, 'app.py'), flask)
  const running = start(['flask', 'app:app'], { cwd: folder.path, env: none })
  const text = await until(running, /Expose/)
  const url = /http:\S+/.exec(text)?.[0] ?? ''
  expect((await fetch(url)).status).toBe(404)
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
})
