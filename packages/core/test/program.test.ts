import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { script } from '../../testkit/src/script.ts'
import { launch, listPythons, prepare } from '../src/index.ts'
import { findProgram } from '../src/program.ts'

let cwd: string
const at = (path: string) => join(cwd, path)
const PATH = () => ['node_modules/.bin', 'empty', 'system'].map(at).join(delimiter)

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'devlaunch-program-'))
  const programs = [
    'venv/both',
    'system/both',
    'system/snake',
    'node_modules/.bin/npms',
    'empty/plain',
    'own.sh',
  ]
  for (const program of programs) {
    await mkdir(join(at(program), '..'), { recursive: true })
    await writeFile(at(program), '#!/bin/sh\nexec python3 serve.py "$@"\n')
    await chmod(at(program), program === 'empty/plain' ? 0o644 : 0o755)
  }
  await mkdir(at('empty/snake')) // no program
  await writeFile(at('bad.sh'), 'no first line\n')
  await chmod(at('bad.sh'), 0o755)
  await writeFile(
    at('serve.py'),
    'import http.server as h, sys\nh.HTTPServer((sys.argv[1], int(sys.argv[2])), h.SimpleHTTPRequestHandler).serve_forever()\n',
  )
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const find = (program: string | ((options: object) => string)) =>
  findProgram({ program }, {}, { python: { path: at('venv/python') }, cwd, env: { PATH: PATH() } })

describe('a program is found', () => {
  test.each([
    ['beside the interpreter first', 'both', 'venv/both'],
    ['on the PATH', 'snake', 'system/snake'],
    ['at its path, from the working directory', './own.sh', 'own.sh'],
  ])('%s', async (_, word, path) => {
    expect(await find(word)).toBe(at(path))
    expect(await find(() => word)).toBe(at(path))
  })

  test.each([['nosuch'], ['npms'], ['plain'], ['./nosuch.sh'], ['empty/plain'], ['./venv'], ['']])(
    '%j is not',
    async (word) => {
      await expect(find(word)).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND', hint: expect.any(String) })
    },
  )
})

describe.runIf(process.platform !== 'win32')('a program that is launched', () => {
  const own = { ...script, command: (_: unknown, flags: readonly string[]) => flags, program: './own.sh' }
  const options = () => ({ cwd, script: 'serve.py' })

  test('runs in place of the interpreter, under its guard', async () => {
    await using server = await launch(own, options())
    expect(server.plan).toMatchObject({ file: at('own.sh'), python: server.python.path, version: undefined })
    expect((await fetch(server.url)).status).toBe(200)
  })

  test('says why it cannot be run', async () => {
    await expect(launch({ ...own, program: './bad.sh' }, options())).rejects.toMatchObject({
      code: 'FAILED',
      summary: `${at('bad.sh')} can't be run: Exec format error`,
      hint: expect.stringContaining('first line'),
    })
  })

  test('is looked for on the PATH that the server gets', async () => {
    const { plan } = await prepare({ ...own, program: 'snake' }, { ...options(), env: { PATH: PATH() } })
    expect(plan.file).toBe(at('system/snake'))
  })

  test('needs no Python with its package, but is installed where there is none', async () => {
    const wanted = { ...own, package: { module: 'nosuch', distribution: 'Snake' } }
    const env = { PATH: PATH() }
    const { plan } = await prepare({ ...wanted, program: 'snake' }, { ...options(), env })
    expect(plan).toMatchObject({ file: at('system/snake'), version: undefined })
    await expect(prepare({ ...wanted, program: 'nosuch' }, { ...options(), env })).rejects.toMatchObject({
      code: 'SERVER_NOT_FOUND',
      hint: expect.stringMatching(/pip install Snake$/),
    })
    const list = (program: string) => listPythons({ ...wanted, program }, { cwd, env: process.env })
    expect((await list('sh')).some((each) => !('rejected' in each))).toBe(true)
    expect((await list('nosuch')).every((each) => 'rejected' in each)).toBe(true)
  })
})
