import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { adapters } from '../src/adapters.ts'
import { options } from '../src/args.ts'
import { command, devlaunch, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { until } from './kit/until.ts'

const page = { 'index.html': 'hello' }

test('--version is the version of the package, and nothing else', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  expect(await devlaunch(['--version'])).toEqual({ code: 0, stdout: manifest.version, stderr: '' })
})

test('--help names every option and every server; of a server, what it does not pass on', async () => {
  const { code, stdout } = await devlaunch(['--help'])
  expect(code).toBe(0)
  for (const name of Object.keys(options)) expect(stdout).toContain(`--${name}`)
  for (const { name } of adapters) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  expect((await devlaunch(['gunicorn', '--help'])).stdout).toContain('GUNICORN_*')
})

test("--quiet leaves the server's own output alone", async () => {
  await using folder = await project(page)
  const running = start(['http', '--quiet'], { cwd: folder.path })
  createInterface(running.stdout as Readable).once('line', () => running.kill('SIGINT'))
  const { stdout, stderr, exitCode } = await running
  expect(stdout).toMatch(/^Serving HTTP on 127\.0\.0\.1/)
  expect(stderr).not.toMatch(/Local|Proof|Expose|devlaunch/)
  expect(exitCode).toBe(130)
})

describe('--env-file', () => {
  const files = {
    'app.py': 'async def app(scope, receive, send): ...\n',
    'my.env': 'NEW="from the file"\nSET=from the file\nPORT=1\nUVICORN_UDS=/tmp/devlaunch-test.sock\n',
  }
  const args = ['uvicorn', 'app:app', '--env-file', 'my.env', '--python', newestPython()]

  test('is read, but a variable that is set already wins, and what could overrule the flags is removed', async () => {
    await using folder = await project({
      ...files,
      'app.py':
        'import os\nprint("SEEN", [os.environ.get(name) for name in ("NEW", "SET", "UVICORN_UDS")])\n1 / 0\n',
    })
    const { stdout, stderr } = await devlaunch(args, { cwd: folder.path, env: { SET: 'before' } })
    expect(stdout + stderr).toContain("SEEN ['from the file', 'before', None]")
  })

  test('is part of the plan', async () => {
    await using folder = await project(files)
    const { stdout } = await devlaunch([...args, '--dry-run', '--json'], { cwd: folder.path })
    const plan = JSON.parse(stdout)
    expect(plan.unset).toContain('UVICORN_UDS')
    expect(plan.env).not.toHaveProperty('UVICORN_UDS')
    expect(plan.policy.bind).toMatchObject({ host: '127.0.0.1' })
  })

  test.runIf(process.platform === 'linux')(
    'is a pipe, by its short name: Node reads that of the long one',
    async () => {
      await using folder = await project(files)
      const plan = (option: string) => {
        const words = ['uvicorn', 'app:app', option, '/dev/stdin', '--python', newestPython()]
        const script = ['-c', 'echo NEW=made | "$@"', 'sh', ...command, ...words, '--dry-run', '--json']
        return execa('sh', script, { cwd: folder.path, reject: false })
      }
      expect(JSON.parse((await plan('-e')).stdout).env).toMatchObject({ NEW: '...' })
      const { code, env } = JSON.parse((await plan('--env-file')).stdout)
      expect(code ?? env.NEW).toMatch(/^(?:USAGE|\.\.\.)$/) // never without a word
    },
  )

  test('that is missing is named', async () => {
    await using folder = await project({ ...files })
    const { code, stderr } = await devlaunch(['http', '--env-file', 'none.env'], { cwd: folder.path })
    // Node 20 to 24 look for --env-file behind the script too, and end before they run it
    expect(stderr).toMatch(/none\.env(?:: not found| can't be read)/)
    expect(code).not.toBe(0)
  })
})

test.runIf(process.platform === 'linux')('--open opens the address that was proven', async () => {
  await using folder = await project({ ...page, gio: '#!/bin/sh\necho "$@" >> opened\n' })
  await chmod(join(folder.path, 'gio'), 0o755)
  // the desktop whose way to open an address is a command on the PATH
  const env = { XDG_CURRENT_DESKTOP: 'GNOME', PATH: `${folder.path}:${process.env.PATH}` }
  const running = start(['http', '--open'], { cwd: folder.path, env })
  const url = /http:\/\/[\d.:]+/.exec(await until(running, /Expose/))?.[0]
  const opened = () => readFile(join(folder.path, 'opened'), 'utf8').catch(() => '')
  await expect.poll(opened, { timeout: 20_000 }).toContain(`open ${url}\n`)
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
})

test('a server that ends by itself is not left unsaid', async () => {
  await using folder = await project({
    'app.py':
      'import os\ndef app(environ, start_response):\n    if environ["PATH_INFO"] == "/leave": os._exit(3)\n    start_response("200 OK", [])\n    return []\n',
  })
  const running = start(['wsgi', 'app:app', '--python', newestPython()], { cwd: folder.path })
  const url = /http:\/\/[\d.:]+/.exec(await until(running, /Expose/))?.[0]
  await fetch(`${url}/leave`).catch(() => {})
  const { stderr, exitCode } = await running
  expect(stderr).toMatch(/wsgi ended by itself: exit code 3/)
  expect(exitCode).toBe(3)
})
