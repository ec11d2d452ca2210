import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from '@devlaunch/core'
import { servers } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { flask } from '../src/index.ts'

const modules = {
  'missing.py': 'import nothing_of_this_name\n',
  'raises.py': 'raise LookupError("no stock")\n',
  'ends.py': 'import sys\nprint("no stock")\nsys.exit(3)\n',
  'good.py': 'from flask import Flask\napp = Flask(__name__)\n',
}

/** A child of Werkzeug's reloader serves an error page where Flask itself would end. */
describe.for(servers())('$age, as a child of the reloader', { timeout: 30_000 }, ({ python }) => {
  const run = async (app: string, options: object) => {
    const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-flask-'))
    for (const [name, text] of Object.entries(modules)) await writeFile(join(cwd, name), text)
    return launch(flask, { cwd, python, app, ...options }).finally(() => rm(cwd, { recursive: true }))
  }
  const cases = [false, true].flatMap((reload) => [
    { reload, app: 'nowhere', message: /Could not import 'nowhere'/ },
    { reload, app: 'missing', message: /No module named 'nothing_of_this_name'/ },
    { reload, app: 'raises', message: /LookupError: no stock/ },
    { reload, app: 'ends', message: /no stock, exit code 3/ },
  ])

  test.for(cases)('says why $app cannot be imported (reload $reload)', async ({ reload, app, message }) => {
    await expect(run(app, { reload })).rejects.toMatchObject({
      code: 'FAILED',
      message: expect.stringMatching(message),
    })
  })

  test.for([false, true])('tells the PIN of the debugger (reload %s)', async (reload) => {
    await using server = await run('good', { reload, debug: true })
    await expect.poll(() => server.logs.all.join('\n')).toMatch(/Debugger PIN: \d/)
  })
})
