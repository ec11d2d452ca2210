import { type LaunchOptions, launch } from '@devlaunch/core'
import { freePort, planner, servers, testAdapter, testLan } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { script } from '../src/index.ts'

const command = ['python', 'app.py', '--host=0.0.0.0', '--', '']
const planned = planner(script, undefined, { command })

test('the command is run as it is, and HOST and PORT are given to it', () => {
  const env = { HOST: '0.0.0.0', PORT: '1', LISTEN_FDS: '1', WERKZEUG_RUN_MAIN: 'true' }
  const plan = planned({ args: ['more'] }, { env })
  expect(plan.args).toEqual([...command.slice(1), 'more'])
  expect(plan).toMatchObject({ env: { HOST: '127.0.0.1', PORT: '8000' }, listener: 'found' })
  expect(plan.unset).toEqual(['LISTEN_FDS', 'WERKZEUG_RUN_MAIN'])
  expect(() => planned({}, { reload: true })).toThrow('no such thing as a reloader')
})

test.each([
  ['python', undefined],
  ['python3', undefined],
  ['./serve', './serve'],
  ['python3.11', 'python3.11'],
])(
  '%s runs %s in place of the interpreter',
  (word, program) => void expect(script.program).toSatisfy((find) => find({ command: [word] }) === program),
)

describe.for(servers())('$age', ({ python }) => {
  const run = (source: string, options?: LaunchOptions) =>
    launch(script, { python, command: ['python', '-c', source], ...options })
  const tornado = (listen: string) =>
    `import tornado.ioloop as i, tornado.web as w; loop = i.IOLoop.current(); loop.add_callback(lambda: w.Application().${listen}) or loop.start()`

  test.for([
    ['aiohttp', 'from aiohttp import web; web.run_app(web.Application(), host="localhost", port=PORT)'],
    ['tornado', tornado('listen(PORT, "127.0.0.1")')],
    ['Flask', 'from flask import Flask; Flask("app").run(port=PORT)'],
    [
      'http.server',
      'import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=PORT, bind="127.0.0.1")',
    ],
  ] as const)('%s is found where the code says', async ([, source]) => {
    const port = await freePort()
    const env = { WERKZEUG_RUN_MAIN: 'true', WERKZEUG_SERVER_FD: '5', FLASK_RUN_FROM_CLI: 'true' }
    await using server = await run(source.replace('PORT', `${port}`), { env })
    expect(server.url).toBe(`http://127.0.0.1:${port}`)
  })

  test.for([
    ['EXPOSED', 'from aiohttp import web; web.run_app(web.Application())', 'listen on 127.0.0.1'],
    ['EXPOSED', tornado('listen(8888)'), 'listen on 127.0.0.1'],
    ['FAILED', 'raise OSError(98, "Address already in use")', 'end who has that port'],
    ['FAILED', 'import sys, os; os.execv(sys.executable, ["python", "no.py"])', 'name of the file'],
    ['FAILED', 'def :', 'correct the line'],
  ] as const)('%s: %s', async ([code, source, hint]) => {
    await expect(run(source)).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) })
  })
})

testAdapter(script)
testLan(script)
