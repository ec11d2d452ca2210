import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { adapters } from '../src/adapters.ts'
import { detect } from '../src/detect.ts'
import { readProject } from '../src/project.ts'
import { project } from './kit/project.ts'

const flask = 'from flask import Flask\napp = Flask(__name__)\n'
const factory =
  'from flask import Flask\n\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app\n'
const fastapi = 'from fastapi import FastAPI\napp = FastAPI()\n'

const table: { name: string; files: Record<string, string>; finds: string[] }[] = [
  { name: 'nothing', files: {}, finds: [] },
  { name: 'manage.py', files: { 'manage.py': '' }, finds: ['django'] },
  { name: 'manage.py outweighs sources', files: { 'manage.py': '', 'app.py': flask }, finds: ['django'] },
  { name: 'a line of Flask', files: { 'app.py': flask }, finds: ['flask app:app'] },
  {
    name: 'Windows lines',
    files: { 'app.py': factory.replaceAll('\n', '\r\n') },
    finds: ['flask app:create_app()'],
  },
  { name: 'a line of FastAPI', files: { 'main.py': fastapi }, finds: ['uvicorn main:app'] },
  {
    name: 'two frameworks',
    files: { 'a.py': flask, 'b.py': fastapi },
    finds: ['flask a:app', 'uvicorn b:app'],
  },
  { name: 'any WSGI app', files: { 'wsgi.py': 'application = make()\n' }, finds: ['wsgi wsgi:application'] },
  {
    name: 'a framework outweighs any WSGI app',
    files: { 'wsgi.py': 'application = app\n', 'shop.py': flask },
    finds: ['flask shop:app'],
  },
  { name: 'a factory of Flask', files: { 'shop/__init__.py': factory }, finds: ['flask shop:create_app()'] },
  {
    name: 'a factory over several lines',
    files: {
      'site.py': 'def make_app(\n    name=None,\n) -> Flask:\n\n    return flask.Flask(name)\n',
    },
    finds: ['flask site:make_app()'],
  },
  {
    name: 'a factory that makes something else',
    files: { 'site.py': 'def make_app():\n    return Window()\n\nlater = [Flask()]\n' },
    finds: [],
  },
  {
    name: 'a factory of FastAPI',
    files: { 'main.py': 'def create_app() -> FastAPI:\n    return FastAPI()\n' },
    finds: ['uvicorn main:create_app()'],
  },
  { name: 'a module of a package', files: { 'shop/main.py': fastapi }, finds: ['uvicorn shop.main:app'] },
  {
    name: 'a package in src, as it is installed',
    files: { 'src/shop/__init__.py': factory },
    finds: ['flask shop:create_app()'],
  },
  { name: 'a module in src', files: { 'src/main.py': fastapi }, finds: ['uvicorn src.main:app'] },
  {
    name: 'src as a package',
    files: { 'src/__init__.py': '', 'src/api/__init__.py': fastapi },
    finds: ['uvicorn src.api:app'],
  },
  {
    name: 'tests are no evidence',
    files: { 'tests/app.py': flask, 'test_app.py': flask, 'conftest.py': flask, 'app_test.py': flask },
    finds: [],
  },
  {
    name: "FastAPI's entrypoint",
    files: { 'pyproject.toml': '[tool.fastapi]\nentrypoint = "shop.main:api"\n', 'a.py': fastapi },
    finds: ['fastapi shop.main:api'],
  },
  {
    name: "FastAPI's command line, and Starlette",
    files: {
      'requirements.txt': 'FastAPI[all, standard]>=0.112\n',
      'a.py': 'app = Starlette()\n',
      'b.py': fastapi,
      'c.py': 'def create_app():\n    return FastAPI()\n',
    },
    finds: ['fastapi b:app', 'uvicorn a:app', 'uvicorn c:create_app()'],
  },
  {
    name: "FastAPI's command line by poetry, and an app that a function makes",
    files: {
      'pyproject.toml': '[tool.poetry.dependencies]\nfastapi = {version = "^1", extras = ["standard"]}\n',
      'main.py': 'app = build()\n',
    },
    finds: ['fastapi main:app'],
  },
  {
    name: "FastAPI's command line of a project, beside an extra of another name",
    files: {
      'pyproject.toml': '[project]\ndependencies = ["fastapi[all]", "fastapi_cli>=0.0.5"]\n',
      'main.py': fastapi,
    },
    finds: ['fastapi main:app'],
  },
  {
    name: "FastAPI without its command line, and another's standard extra",
    files: { 'requirements.txt': 'fastapi[all]\nuvicorn[standard]\n', 'main.py': fastapi },
    finds: ['uvicorn main:app'],
  },
  {
    name: "another tool's entrypoint",
    files: { 'pyproject.toml': '[tool.fastapi]\n[tool.other]\nentrypoint = "shop.main:api"\n' },
    finds: [],
  },
  {
    name: 'a dependency and an imported app',
    files: {
      'requirements.txt': '# web\nFlask[async]>=3 ; python_version > "3"\n',
      'app.py': 'from shop import app\n',
    },
    finds: ['flask app:app'],
  },
  {
    name: 'a dependency of the project, and an app that a function makes',
    files: {
      'pyproject.toml':
        '[project]\ndependencies = [\n  # don\'t take "flask"\n  "uvicorn[standard]>=0.30", # [fast]\n  "FastAPI",\n]\n',
      'main.py': 'app = build()\n',
    },
    finds: ['uvicorn main:app'],
  },
  {
    name: 'a dependency of poetry',
    files: {
      'pyproject.toml':
        '[tool.poetry.dependencies]\npython = "^3.12"\nflask = "^3"\n\n[tool.other]\nfastapi = "1"\n',
      'wsgi.py': 'from shop import create_app\n\napplication = create_app()\n',
    },
    finds: ['flask wsgi:application'],
  },
  {
    name: 'a dependency without an app',
    files: { 'requirements.txt': 'flask\n', 'tool.py': 'print(1)\n' },
    finds: [],
  },
  {
    name: 'an app without a dependency',
    files: { 'requirements.txt': 'requests\nflask-babel\n', 'app.py': 'app = build()\n' },
    finds: [],
  },
]

test.each(table)('$name', async ({ files, finds }) => {
  await using folder = await project(files)
  expect(await found(folder.path)).toEqual(finds)
})

test("an editor's lock file, a link to nowhere, is passed over", async () => {
  await using folder = await project({ 'app.py': flask })
  await symlink('editor@host.4242', join(folder.path, 'lock.py'))
  await symlink('.', join(folder.path, 'folder.py'))
  expect(await found(folder.path)).toEqual(['flask app:app'])
})

test.each([
  ['django', 'django'],
  ['fastapi', 'uvicorn main:app'],
  ['flask', 'flask app:app'],
  ['wsgi', 'wsgi wsgi:application'],
])('examples/%s', async (name, line) => {
  expect(await found(fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url)))).toEqual([line])
})

test('of two servers for one app the first is found, where the project needs what it asks for', async () => {
  const uvicorn = adapters.filter(({ name }) => name === 'uvicorn')
  const special = uvicorn.map((each) => ({
    ...each,
    name: 'special',
    detect: { ...each.detect, needs: ['fastapi[standard]'] },
  }))
  const names = async (requirement: string) => {
    await using folder = await project({ 'main.py': fastapi, 'requirements.txt': requirement })
    const matches = await detect([...special, ...uvicorn], await readProject(folder.path))
    return matches.map(({ adapter }) => adapter.name)
  }
  expect(await names('FastAPI[all, standard]>=0.112')).toEqual(['special'])
  expect(await names('fastapi[all]')).toEqual(['uvicorn'])
})

async function found(cwd: string): Promise<string[]> {
  const matches = await detect(adapters, await readProject(cwd))
  return matches.map(({ adapter, target }) => [adapter.name, target].filter(Boolean).join(' '))
}
