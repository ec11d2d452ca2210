import { marked, servers } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { terminal } from './kit/screen.ts'
import { until } from './kit/until.ts'

/** Says so when the process gets a SIGINT, and when it ends as it should. */
const counts = `
import atexit, signal
def count(number, frame, before=signal.getsignal(2)):
    print("INTERRUPTED", flush=True)
    before(number, frame)
signal.signal(2, count)
atexit.register(print, "CLEANED UP", flush=True)
`
const wsgi = `
def app(environ, respond):
    respond("200 OK", [])
    return [b"hello"]
`

/** Each counts and cleans up in its server's own way. */
const apps: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
  ['wsgi', ['wsgi', 'app'], { 'app.py': counts + wsgi }],
  ['flask', ['flask', 'app'], { 'app.py': `${counts}from flask import Flask\napp = Flask(__name__)\n` }],
  [
    'django',
    ['django'],
    {
      'manage.py': `${counts}import os, sys
from django.core.management import execute_from_command_line
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
`,
      'settings.py': 'DEBUG = True\nSECRET_KEY = "x"\nROOT_URLCONF = "urls"\nUSE_TZ = True\n',
      'urls.py':
        'from django.http import HttpResponse\nfrom django.urls import path\nurlpatterns = [path("", lambda request: HttpResponse("hello"))]\n',
    },
  ],
  [
    'uvicorn',
    ['uvicorn', 'app:app'],
    {
      'app.py': `import uvicorn
handle = uvicorn.Server.handle_exit
uvicorn.Server.handle_exit = lambda *args: (print("INTERRUPTED", flush=True), handle(*args))
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        print("CLEANED UP", flush=True)
        return await send({"type": "lifespan.shutdown.complete"})
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
`,
    },
  ],
  [
    'gunicorn',
    ['gunicorn', 'app:app'],
    {
      'app.py': wsgi,
      'gunicorn.conf.py': `def on_starting(server):
    before = server.handle_int
    server.handle_int = lambda *args: (print("INTERRUPTED", flush=True), before(*args))
def on_exit(server):  # worker_exit can be lost: a worker gets SIGINT by the terminal and SIGQUIT by its master
    print("CLEANED UP", flush=True)
`,
    },
  ],
]

const cases = servers().flatMap(({ age, python }) =>
  apps.map(([name, words, files]) => [name, age, words, files, python] as const),
)

test.for(cases)('Ctrl-C reaches %s (%s) once, and its app cleans up', async ([, , words, files, python]) => {
  await using folder = await project(files)
  await using screen = terminal([...words, '--no-reload', '--python', python], folder.path)
  await screen.shows(/Expose/)
  screen.type('\x03')
  await screen.shows(/\[exit 130\]/)
  expect(screen.text().match(/INTERRUPTED/g)).toHaveLength(1)
  expect(screen.text().match(/CLEANED UP/g)).toHaveLength(1)
})

describe.for(apps)('%s', ([, words, files]) => {
  test.for([2, 10])('ends with all it has started after %i Ctrl-C in 100 ms', async (times) => {
    const marker = { DEVLAUNCH_TEST_RUN: crypto.randomUUID() }
    await using folder = await project(files)
    await using screen = terminal([...words, '--python', newestPython()], folder.path, marker)
    await screen.shows(/Expose/)
    for (let time = 0; time < times; time++) {
      screen.type('\x03')
      await new Promise((resolve) => setTimeout(resolve, 90 / times))
    }
    // Node gives SIGINT its default back while it ends: a shell tells 130 of that too
    await screen.shows(/\[exit (?:130|-2)\]/)
    const left = () =>
      marked(marker.DEVLAUNCH_TEST_RUN).filter(({ command }) => !command.includes('terminal.py'))
    await expect.poll(left).toEqual([]) // but for the shell, which is about to end
  })
})

test('a launcher that is stopped for a while ends nothing, and goes on', async () => {
  await using folder = await project({ 'index.html': 'hello' })
  const running = start(['http'], { cwd: folder.path })
  const url = /http:\S+/.exec(await until(running, /Expose/))?.[0] ?? ''
  running.kill('SIGSTOP')
  await new Promise((resolve) => setTimeout(resolve, 2500)) // longer than anything that the guard does by itself
  expect(await (await fetch(url)).text()).toBe('hello')
  running.kill('SIGCONT')
  expect(await (await fetch(url)).text()).toBe('hello')
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
})
