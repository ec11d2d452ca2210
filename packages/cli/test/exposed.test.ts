import { describe, expect, test } from 'vitest'
import { devlaunch, newestPython } from './kit/cli.ts'
import { project } from './kit/project.ts'

const manage = [
  'import os, sys',
  'os.environ["DJANGO_SETTINGS_MODULE"] = "settings"',
  'from django.core.management import execute_from_command_line',
  'execute_from_command_line(sys.argv)',
].join('\n')

const runserver = [
  'from django.core.management.commands.runserver import Command as Runserver',
  'class Command(Runserver):',
  '    def run(self, **options):',
  '        self.addr = "0.0.0.0"',
  '        super().run(**options)',
].join('\n')

const lifespan = [
  'import socket',
  'from contextlib import asynccontextmanager',
  'from starlette.applications import Starlette',
  '@asynccontextmanager',
  'async def lifespan(app):',
  '    app.kept = socket.create_server(("0.0.0.0", 0))',
  '    yield',
  'app = Starlette(lifespan=lifespan)',
].join('\n')

const hook = (name: string) =>
  `import socket\n\ndef ${name}(server):\n    server.kept = socket.create_server(("0.0.0.0", 0))\n`

const wsgi = 'def app(environ, start_response): ...\n'

/** A service that goes to the background: its double fork ends in another session. */
const daemon = [
  'import os, signal, socket, time',
  'if os.fork() == 0:',
  '    os.setsid()',
  '    if os.fork() == 0:',
  '        kept = socket.create_server(("0.0.0.0", 0))',
  '    os._exit(0)',
].join('\n')

const child = [
  'import pathlib, subprocess, sys, time',
  'if sys.argv[-1] == "child":',
  '    import asyncio',
  '    async def serve():',
  '        await asyncio.start_server(print, "0.0.0.0", 0)',
  '    asyncio.run(serve())',
  'subprocess.Popen([sys.executable, __file__, "child"])',
  'app = print',
].join('\n')

describe('a wider bind is refused, the server ends with exit code 8, and the message names the line', () => {
  test.for<[string, string[], Record<string, string>, string]>([
    [
      'of the app',
      ['flask', 'app:app'],
      {
        'app.py':
          'import socket\nfrom flask import Flask\napp = Flask(__name__)\nkept = socket.create_server(("0.0.0.0", 0))\n',
      },
      '\napp.py:4: kept = socket.create_server(("0.0.0.0", 0))',
    ],
    [
      "of the server's configuration",
      ['gunicorn', 'main:app'],
      {
        'main.py': wsgi,
        'gunicorn.conf.py': hook('when_ready'),
      },
      '\ngunicorn.conf.py:4: server.kept = socket.create_server(("0.0.0.0", 0))',
    ],
    [
      'of the same, before the server listens itself',
      ['gunicorn', 'main:app'],
      { 'main.py': wsgi, 'gunicorn.conf.py': hook('on_starting') },
      '\ngunicorn.conf.py:4: server.kept = socket.create_server(("0.0.0.0", 0))',
    ],
    [
      'of a lifespan',
      ['uvicorn', 'main:app'],
      { 'main.py': lifespan },
      '\nmain.py:6: app.kept = socket.create_server(("0.0.0.0", 0))',
    ],
    [
      'of another interpreter',
      ['uvicorn', 'main:app', '--reload'],
      { 'main.py': child },
      '\nmain.py:5: await asyncio.start_server(print, "0.0.0.0", 0)',
    ],
    [
      'of a daemon',
      ['flask', 'app:app'],
      { 'app.py': `${daemon}\nfrom flask import Flask\napp = Flask(__name__)\n` },
      '\napp.py:5: kept = socket.create_server(("0.0.0.0", 0))',
    ],
    [
      "of an installed app's own runserver",
      ['django'],
      {
        'manage.py': manage,
        'settings.py': 'DEBUG = True\nSECRET_KEY = "x"\nROOT_URLCONF = "urls"\nINSTALLED_APPS = ["shop"]\n',
        'urls.py': 'urlpatterns = []\n',
        'shop/management/commands/runserver.py': runserver,
      },
      // it serves in a thread, whose stack has Django's lines only
      'likely cause: shop/management/commands/runserver.py:4: self.addr = "0.0.0.0"',
    ],
  ])('%s', async ([, words, files, line]) => {
    await using folder = await project(files)
    const args = [...words, '--python', newestPython()]
    const { code, stderr } = await devlaunch(args, { cwd: folder.path })
    expect(stderr).toMatch(
      /error EXPOSED: pid \d+ \(.+\) was refused 0\.0\.0\.0:\d+ \(.+:\d+\), open to every network/,
    )
    expect(stderr).toContain(line)
    expect(code).toBe(8)
  })
})

test('native code is seen by nobody until it listens; its line is a guess', async () => {
  const source = [
    'import ctypes, struct',
    'libc = ctypes.CDLL(None)',
    'descriptor = libc.socket(2, 1, 0)',
    'libc.bind(descriptor, struct.pack("=H14x", 2), 16)  # like bind("0.0.0.0")',
    'libc.listen(descriptor, 5)',
    'def app(environ, start_response): ...',
  ]
  await using folder = await project({ 'main.py': source.join('\n') })
  const { code, stderr } = await devlaunch(['gunicorn', 'main:app', '--python', newestPython()], {
    cwd: folder.path,
  })
  expect(stderr).toMatch(/error EXPOSED: pid \d+ \(.+\) listened on 0\.0\.0\.0:\d+, open to every network/)
  expect(stderr).toContain('likely cause: main.py:4: libc.bind(')
  expect(code).toBe(8)
})
