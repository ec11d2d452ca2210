import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lineDiff } from '../src/line-diff.ts'
import { devlaunch, newest } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { terminal } from './kit/screen.ts'

const flask = 'from flask import Flask\napp = Flask(__name__)\n'
const fastapi = 'from fastapi import FastAPI\napp = FastAPI()\n'

const read = (folder: string, name = 'package.json') => readFile(join(folder, name), 'utf8')
const run = (cwd: string, ...args: string[]) => devlaunch(['init', ...args], { cwd })

test('a polyglot repository: what is found, the change, and only then the file', async () => {
  const before = '{\n\t"name": "shop",\n\t"scripts": {\n\t\t"dev": "vite"\n\t},\n\t"license": "MIT"\n}\n'
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': before,
    'backend/manage.py': '',
    'orders/requirements.txt': 'fastapi\n',
    'orders/orders.py': fastapi,
    'web/index.html': '',
  })
  const asked = await run(folder.path)
  expect(asked).toMatchObject({ code: 0, stderr: 'Nothing was written: devlaunch init --yes writes it.' })
  expect(await read(folder.path)).toBe(before)
  await expect(`${asked.stdout}\n`).toMatchFileSnapshot('golden/init.txt')
  expect(asked.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  const { stdout, stderr } = await run(folder.path, '--yes')
  expect(stdout).toBe(asked.stdout)
  expect(stderr).toContain('Wrote package.json. Next: npm i -D devlaunch, then npm run dev:backend')
  const after = await read(folder.path)
  expect(after).toMatch(
    /^{\n\t"name": "shop",\n\t"scripts": {\n\t\t"dev": "vite",\n\t\t"dev:backend": "devlaunch backend"/,
  )
  expect(after.endsWith('}\n')).toBe(true)
  expect(JSON.parse(after)).toEqual({
    name: 'shop',
    scripts: { dev: 'vite', 'dev:backend': 'devlaunch backend', 'dev:orders': 'devlaunch orders' },
    license: 'MIT',
    devlaunch: {
      backend: { server: 'django', cwd: 'backend' },
      orders: { server: 'uvicorn', app: 'orders:app', cwd: 'orders' },
    },
  })
  expect(await run(folder.path, '--yes')).toEqual({
    code: 0,
    stdout: 'Nothing to add: package.json names backend, orders.',
    stderr: '',
  })
  expect(await read(folder.path)).toBe(after)
})

test('workspaces are looked into: apps/api is a project where it says so', async () => {
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': '{ "workspaces": ["apps/*", "services/*"] }',
    'apps/api/manage.py': '',
    'apps/web/index.html': '',
    'apps/web/node_modules/tool/requirements.txt': 'flask\n',
    'services/orders/pyproject.toml': '[project]\ndependencies = ["fastapi"]\n',
    'services/orders/main.py': fastapi,
    'services/mail/requirements.txt': 'flask\n',
    'services/mail/app.py': flask,
  })
  await run(folder.path, '--yes')
  expect(JSON.parse(await read(folder.path)).devlaunch).toEqual({
    api: { server: 'django', cwd: 'apps/api' },
    mail: { server: 'flask', app: 'app:app', cwd: 'services/mail' },
    orders: { server: 'uvicorn', app: 'main:app', cwd: 'services/orders' },
  })
})

test('what it has written starts', async () => {
  await using folder = await project({ '.git/HEAD': '', 'package.json': '{}', 'app.py': flask })
  await run(folder.path, '-y')
  expect(JSON.parse(await read(folder.path))).toEqual({
    scripts: { dev: 'devlaunch api' },
    devlaunch: { api: { server: 'flask', app: 'app:app' } },
  })
  const { stdout } = await devlaunch(['api', '--dry-run', '--python', newest()], { cwd: folder.path })
  expect(stdout).toContain('-m flask --app=app:app run')
})

test('a project of Python alone gets a package.json', async () => {
  await using folder = await project({ '.git/HEAD': '', 'app.py': flask })
  const { stdout } = await run(folder.path, '--yes')
  expect(stdout).toContain('new: package.json')
  expect(await read(folder.path)).toBe(`{
  "private": true,
  "scripts": {
    "dev": "devlaunch api"
  },
  "devlaunch": {
    "api": {
      "server": "flask",
      "app": "app:app"
    }
  }
}
`)
})

test('from a folder below, the package.json of the repository', async () => {
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': '{ "scripts": {} }',
    'back end/manage.py': '',
  })
  await run(join(folder.path, 'back end'), '--yes')
  expect(JSON.parse(await read(folder.path))).toEqual({
    scripts: { dev: 'devlaunch api' },
    devlaunch: { api: { server: 'django', cwd: 'back end' } },
  })
})

test('nothing that is there is overwritten', async () => {
  const scripts = { dev: 'vite', 'dev:a': 'mine' }
  const devlaunch = { b: { server: 'http' } }
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': JSON.stringify({ scripts, devlaunch }),
    'a.py': flask,
    'b.py': fastapi,
    'django/manage.py': '', // it hides neither of them, nor they it
  })
  await run(folder.path, '--yes')
  const after = JSON.parse(await read(folder.path))
  expect(after.scripts).toEqual({
    ...scripts,
    'dev:b-2': 'devlaunch b-2',
    'dev:django-2': 'devlaunch django-2',
  })
  expect(after.devlaunch).toEqual({
    ...devlaunch,
    a: { server: 'flask', app: 'a:app' },
    'b-2': { server: 'uvicorn', app: 'b:app' },
    'django-2': { server: 'django', cwd: 'django' },
  })
})

test("a project's package is a part of it; without a mark it is what its folder imports", async () => {
  await using marked = await project({ '.git/HEAD': '', 'requirements.txt': 'flask\n', 'shop/app.py': flask })
  expect((await run(marked.path)).stdout).toContain('"app": "shop.app:app"')
  await using packaged = await project({ '.git/HEAD': '', 'shop/__init__.py': '', 'shop/app.py': flask })
  expect((await run(packaged.path)).stdout).toContain('"app": "shop.app:app"')
  await using plain = await project({ '.git/HEAD': '', 'shop/app.py': flask })
  const { stdout } = await run(plain.path)
  expect(stdout).toContain('"app": "app:app"')
  expect(stdout).toContain('"cwd": "shop"')
})

test('a package beside a project is called as its folder, as that is', async () => {
  await using folder = await project({
    '.git/HEAD': '',
    'requirements.txt': 'django\nfastapi\n',
    'backend/manage.py': '',
    'orders/main.py': fastapi,
  })
  const { stdout } = await run(folder.path)
  expect(stdout).toMatch(/^orders +uvicorn: orders\/main\.py\nbackend +django: backend\/manage\.py\n/)
})

test('an app that is named already is not found again, from another folder or with another server', async () => {
  const devlaunch = { orders: { server: 'hypercorn', app: 'main:app', cwd: 'orders' } }
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': JSON.stringify({ devlaunch }),
    'requirements.txt': 'fastapi\n',
    'orders/main.py': fastapi,
  })
  expect((await run(folder.path)).stdout).toBe('Nothing to add: package.json names orders.')
})

test('a project around hides none in it', async () => {
  await using folder = await project({
    '.git/HEAD': '',
    'manage.py': '',
    'orders/Pipfile': '',
    'orders/main.py': fastapi,
  })
  const { stdout } = await run(folder.path)
  expect(stdout).toMatch(/^api +django: manage\.py\norders +uvicorn: orders\/main\.py\n/)
})

test('Windows line ends stay', async () => {
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': '{\r\n    "name": "a"\r\n}',
    'app.py': flask,
  })
  await run(folder.path, '--yes')
  const after = await read(folder.path)
  expect(after.replaceAll('\r\n', '')).not.toContain('\n')
  expect(after).toMatch(/^{\r\n {4}"name": "a",\r\n {4}"scripts": {\r\n {8}"dev"/)
  expect(after.endsWith('}')).toBe(true)
})

test('odd dependencies are nobody here', async () => {
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': '\uFEFF{\n  "dependencies": null\n}\n',
    'app.py': flask,
  })
  const { code, stderr } = await run(folder.path, '--yes')
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('then npm run dev') })
  expect(await read(folder.path)).toMatch(/^\uFEFF{\n {2}"dependencies": null,\n {2}"scripts": {/)
})

test('a byte order mark stays', async () => {
  const before = '\uFEFF{ "name": "a" }\n'
  await using folder = await project({ '.git/HEAD': '', 'package.json': before, 'app.py': flask })
  const { stdout } = await run(folder.path, '--yes')
  expect(stdout).not.toContain('\uFEFF')
  const after = await read(folder.path)
  expect(after).toMatch(/^\uFEFF{/)
  expect(JSON.parse(after.slice(1)).scripts).toEqual({ dev: 'devlaunch api' })
})

test.each([
  ['y\r', true],
  ['\r', false],
  ['n\r', false],
  ['\x03', false],
])('in a terminal it asks: %j', async (keys, written) => {
  await using folder = await project({ '.git/HEAD': '', 'package.json': '{}\n', 'app.py': flask })
  const screen = terminal(['init'], folder.path)
  await screen.shows(/Write package\.json\? \[y\/N\] /)
  expect(screen.text()).toContain('\x1b[32m+')
  expect(await read(folder.path)).toBe('{}\n')
  screen.type(keys)
  await screen.shows(written ? /Wrote package\.json/ : /Nothing was written\./)
  await screen.ended
  expect((await read(folder.path)).includes('devlaunch')).toBe(written)
})

test.each<[name: string, files: Record<string, string>, message: RegExp]>([
  [
    'nothing is recognised',
    { 'package.json': '{}' },
    /no Python server was recognised in [\s\S]*"server": "flask"/,
  ],
  ['a broken package.json', { 'package.json': '{\n  "a": 1,,\n}', 'app.py': flask }, /package\.json:2: /],
  ['a list', { 'package.json': '[]', 'app.py': flask }, /package\.json is not an object/],
  ['no value', { 'package.json': 'null', 'app.py': flask }, /package\.json is not an object/],
  [
    'scripts that are none',
    { 'package.json': '{\n  "scripts": []\n}', 'app.py': flask },
    /package\.json:2: scripts is not an object/,
  ],
  ['no scripts', { 'package.json': '{ "scripts": null }', 'app.py': flask }, /scripts is not an object/],
  [
    'a definition that makes no sense',
    { 'package.json': '{ "devlaunch": 5 }', 'app.py': flask },
    /package\.json:1: devlaunch: 5/,
  ],
  [
    'servers are named in code',
    { 'devlaunch.config.mjs': 'export default {}\n', 'app.py': flask },
    /servers are named in devlaunch\.config\.mjs/,
  ],
])('%s: nothing is written', async (_, files, message) => {
  await using folder = await project({ '.git/HEAD': '', ...files })
  const { code, stdout, stderr } = await run(folder.path, '--yes')
  expect(stderr).toMatch(message)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  if (files['package.json']) expect(await read(folder.path)).toBe(files['package.json'])
})

test('the rights of the file stay', async () => {
  await using folder = await project({ '.git/HEAD': '', 'package.json': '{}\n', 'app.py': flask })
  await chmod(join(folder.path, 'package.json'), 0o600)
  await run(folder.path, '--yes')
  expect((await stat(join(folder.path, 'package.json'))).mode & 0o777).toBe(0o600)
})

test.each([
  ['a\nb\nc\n', 'a\nb\nc\n', []],
  ['', 'a\nb\n', ['+a', '+b']],
  ['1\n2\n3\n4\n5\n', '1\n2\n3\n4\nx\n5\n', [' 3', ' 4', '+x', ' 5']],
  ['a,\nb\n', 'a,\nb,\nc\n', [' a,', '-b', '+b,', '+c']],
  [
    '1\n2\n3\n4\n5\n6\n7\n8\n',
    'x\n2\n3\n4\n5\n6\n7\n8\ny\n',
    ['-1', '+x', ' 2', ' 3', '...', ' 7', ' 8', '+y'],
  ],
])('a comparison of %j and %j', (before, after, expected) => {
  const shown = lineDiff(before, after).map((line) => (line ? line.mark + line.text : '...'))
  expect(shown).toEqual(expected)
})
