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

describe('a wider listener ends the server with exit code 8, and the message names the line of the project', () => {
  test.for<[string, string[], Record<string, string>, string]>([
    [
      'of the app',
      ['flask', 'app:app'],
      {
        'app.py':
          'import socket\nfrom flask import Flask\napp = Flask(__name__)\nkept = socket.create_server(("0.0.0.0", 0))\n',
      },
      'app.py:4: kept = socket.create_server(("0.0.0.0", 0))',
    ],
    [
      "of the server's configuration",
      ['gunicorn', 'main:app'],
      {
        'main.py': 'def app(environ, start_response): ...\n',
        'gunicorn.conf.py':
          'import socket\n\ndef when_ready(server):\n    server.kept = socket.create_server(("0.0.0.0", 0))\n',
      },
      'gunicorn.conf.py:4: server.kept = socket.create_server(("0.0.0.0", 0))',
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
      'shop/management/commands/runserver.py:4: self.addr = "0.0.0.0"',
    ],
  ])('%s', async ([, words, files, line]) => {
    await using folder = await project(files)
    const args = [...words, '--python', newestPython()]
    const { code, stderr } = await devlaunch(args, { cwd: folder.path })
    expect(stderr).toMatch(/error EXPOSED: pid \d+ \(.+\) listened on 0\.0\.0\.0:\d+, open to every network/)
    expect(stderr).toContain(`likely cause: ${line}`)
    expect(code).toBe(8)
  })
})
