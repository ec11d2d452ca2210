import { expect, test } from 'vitest'
import { adapters } from '../src/adapters.ts'
import { choose, named } from '../src/choose.ts'
import { project } from './kit/project.ts'

const all = `one of: ${adapters.map(({ name }) => name).join(', ')}`

test.each([
  ['flaks', 'flask'],
  ['fast-api', 'fastapi'],
  ['fla', 'flask'],
  ['jango', 'django'],
  ['unicorn', 'uvicorn'],
  ['gunicron', 'gunicorn'],
  ['htttp', 'http'],
])('%s: did you mean %s?', async (word, meant) => {
  await expect(named(word, undefined)).rejects.toMatchObject({
    code: 'USAGE',
    hint: `did you mean "${meant}"? ${all}`,
  })
})

test.each(['tornado', 'x', 'app:app', 'a'.repeat(5000)])('%.9s resembles nothing', async (word) => {
  await expect(named(word, undefined)).rejects.toMatchObject({ hint: all })
})

test('a command stands behind --, and is no word', async () => {
  expect(await choose(['script'], undefined)).toMatchObject({
    adapter: { name: 'script' },
    target: undefined,
  })
  await expect(choose(['script', 'app.py'], undefined)).rejects.toMatchObject({
    code: 'USAGE',
    hint: 'put the command behind --, for example: devlaunch script -- python app.py',
  })
})

test('a factory that was found becomes the target', async () => {
  await using folder = await project({
    'shop/__init__.py': 'def create_app():\n    return Flask(__name__)\n',
  })
  expect(await choose([], folder.path)).toMatchObject({
    adapter: { name: 'flask' },
    target: 'shop:create_app()',
  })
})

test('of a server that is named, what other servers would find is found as well', async () => {
  await using folder = await project({ 'pyproject.toml': '[tool.fastapi]\nentrypoint = "shop:api"\n' })
  expect(await choose(['uvicorn'], folder.path)).toMatchObject({
    adapter: { name: 'uvicorn' },
    target: 'shop:api',
  })
})

test('several candidates are listed with the words that pick one', async () => {
  await using folder = await project({ 'a.py': 'app = Flask()\n', 'b.py': 'app = FastAPI()\n' })
  await expect(choose([], folder.path)).rejects.toMatchObject({
    code: 'USAGE',
    output: '  devlaunch flask a:app    a.py\n  devlaunch uvicorn b:app  b.py',
  })
})
