import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What goes wrong in each of its files. */
export type Fault = 'nothing' | 'a test times out' | 'set-up throws'

/** Tests of one file. */
export const testsPerFile = 5

/** A vitest project of many files, each with a server of its own. */
export interface SuiteProject extends AsyncDisposable {
  readonly path: string
  /** What its tests note, one line for each. */
  readonly notes: string
}

const root = join(import.meta.dirname, '..')

/** The word that its server alone knows is in the environment. */
const apps = {
  'wsgi_app.py': `import os
def app(environ, respond):
    respond("200 OK", [("Content-Type", "text/plain")])
    return [os.environ["WORD"].encode()]
`,
  'flask_app.py': `import os
from flask import Flask
app = Flask(__name__)
@app.get("/")
def home():
    return os.environ["WORD"]
`,
  'asgi_app.py': `import os
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": os.environ["WORD"].encode()})
`,
}

const config = `
const conditions = ['@devlaunch/source', 'module', 'node', 'development|production']
export default {
  ssr: { resolve: { conditions, externalConditions: ['@devlaunch/source'] } },
  test: { include: ['*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
}
`

export async function makeSuiteProject(files: number, python: string, fault: Fault): Promise<SuiteProject> {
  const path = await mkdtemp(join(tmpdir(), 'devlaunch-suite-'))
  const notes = join(path, 'notes')
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'))
  const texts = { ...apps, 'vitest.config.ts': config, 'package.json': '{ "type": "module" }', notes: '' }
  for (const [name, text] of Object.entries(texts)) await writeFile(join(path, name), text)
  for (let file = 0; file < files; file++) {
    const word = crypto.randomUUID()
    const site = join(path, `site-${file}`)
    await mkdir(site)
    await writeFile(join(site, 'index.html'), word)
    await writeFile(join(path, `${file}.test.ts`), source(file, word, python, notes, fault))
  }
  return { path, notes, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** http, wsgi, flask and uvicorn in turn. */
function source(file: number, word: string, python: string, notes: string, fault: Fault): string {
  const app = ['', 'wsgi_app:app', 'flask_app:app', 'asgi_app:app'][file % 4]
  const adapter = ['http', 'wsgi', 'flask', 'uvicorn'][file % 4]
  const target = app ? { app, env: { WORD: word } } : { directory: `site-${file}` }
  return `import { appendFileSync } from 'node:fs'
import { ${adapter} } from 'devlaunch'
import { serverFixture } from 'devlaunch/vitest'
import { test as base, expect } from 'vitest'
const test = base.extend(serverFixture(${adapter}, ${JSON.stringify({ python, timeout: 110_000, ...target })}))
${faults[fault](file)}
for (let number = 0; number < ${testsPerFile}; number++) {
  test('test ' + number, async ({ server }) => {
    const answer = await (await fetch(server.url)).text()
    const own = answer === '${word}'
    appendFileSync('${notes}', JSON.stringify({ file: ${file}, url: server.url, own, at: Date.now() }) + '\\n')
    expect(own).toBe(true)
  })
}
`
}

const faults: Readonly<Record<Fault, (file: number) => string>> = {
  nothing: () => '',
  'a test times out': () => `test('hangs', { timeout: 3000 }, ({ server }) => new Promise(() => {}))`,
  'set-up throws': (file) =>
    file % 2
      ? `test.beforeAll(({ server }) => { throw new Error('set-up') })`
      : `test.extend({ broken: async ({ server }, use) => { throw new Error('set-up') } })('asks', ({ broken }) => {})`,
}
