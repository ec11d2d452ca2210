import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { makeTrial, servers } from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hasDebugger } from '../../core/src/debugger.ts'

/** An app that repeats what it was asked, with the debugger around it and without. */
const apps = `
from werkzeug.debug import DebuggedApplication

def plain(environ, start_response):
    start_response("200 OK", [("content-type", "text/javascript")])
    return [environ["QUERY_STRING"].encode()]

debugged = DebuggedApplication(plain, evalex=True)
`

describe.for(servers())('a debugger in the app itself ($age)', (environment) => {
  test.for([
    ['debugged', true],
    ['plain', false],
  ] as const)('%s: %s', async ([name, expected]) => {
    const { makeProject, start } = makeTrial(wsgi, { app: 'wsgi', target: `shop:${name}` }, environment)
    await using project = await makeProject()
    await writeFile(join(project.cwd, 'shop.py'), apps)
    await using server = await start(project, { name, reload: false, args: [] })
    expect(await hasDebugger(server.url, AbortSignal.timeout(5000))).toBe(expected)
  })
})

test('a script that never ends is no debugger, and is not read for ever', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/javascript' })
    const more = () => {
      while (response.write('x'.repeat(1000)));
    }
    response.on('drain', more)
    more()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  expect(await hasDebugger(`http://127.0.0.1:${port}`, AbortSignal.timeout(5000))).toBe(false)
})

test('where nobody answers, there is none', async () => {
  expect(await hasDebugger('http://127.0.0.1:1', AbortSignal.timeout(5000))).toBe(false)
})
