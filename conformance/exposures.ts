/** A way in which a project, its environment or its user moves or adds a listener. */
export interface Exposure {
  readonly by: string
  /** What is typed behind `devlaunch`. */
  readonly words: readonly [server: string, ...words: string[]]
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Serves on the planned address alone, is ended when it listens, or is never started. */
  readonly ends: 'on loopback' | 'stopped' | 'refused'
  /** What the message has to name: a file of the project (with a line), a variable, or an argument. */
  readonly cause?: string
}

const wide = '0.0.0.0:0'
const wsgi = 'def app(environ, start_response):\n    start_response("200 OK", [])\n    return [b"ours"]\n'
const asgi = [
  'async def app(scope, receive, send):',
  '    if scope["type"] == "http":',
  '        await send({"type": "http.response.start", "status": 200, "headers": []})',
  '        await send({"type": "http.response.body", "body": b"ours"})',
  '',
].join('\n')
const flask = 'from flask import Flask\napp = Flask(__name__)\n'
const opens = 'socket.create_server(("0.0.0.0", 0))'
const django = {
  'manage.py': lines(
    'import os, sys',
    'os.environ["DJANGO_SETTINGS_MODULE"] = "settings"',
    'from django.core.management import execute_from_command_line',
    'execute_from_command_line(sys.argv)',
  ),
  'settings.py': 'DEBUG = True\nSECRET_KEY = "x"\nROOT_URLCONF = "urls"\nINSTALLED_APPS = []\n',
  'urls.py': 'urlpatterns = []\n',
}

export const exposures: readonly Exposure[] = [
  {
    by: '.flaskenv: FLASK_RUN_HOST, _PORT, FLASK_DEBUG',
    words: ['flask', 'app'],
    files: { 'app.py': flask, '.flaskenv': 'FLASK_RUN_HOST=0.0.0.0\nFLASK_RUN_PORT=1\nFLASK_DEBUG=1\n' },
    ends: 'on loopback',
  },
  {
    by: 'a socket of the Flask module',
    words: ['flask', 'app'],
    files: { 'app.py': `import socket\n${flask}kept = ${opens}\n` },
    ends: 'stopped',
    cause: 'app.py',
  },
  {
    by: 'app.run() at module level, flask',
    words: ['flask', 'app'],
    files: { 'app.py': `${flask}app.run(host="0.0.0.0", port=0)\n` },
    ends: 'on loopback',
  },
  {
    by: 'app.run() at module level, wsgi',
    words: ['wsgi', 'app:app'],
    files: { 'app.py': `${flask}app.run(host="0.0.0.0", port=0)\n` },
    ends: 'stopped',
    cause: 'app.py',
  },
  {
    by: 'PORT in the environment, gunicorn',
    words: ['gunicorn', 'main:app'],
    files: { 'main.py': wsgi },
    env: { PORT: '0' },
    ends: 'on loopback',
  },
  {
    by: 'GUNICORN_CMD_ARGS',
    words: ['gunicorn', 'main:app'],
    files: { 'main.py': wsgi },
    env: { GUNICORN_CMD_ARGS: `--bind ${wide}` },
    ends: 'on loopback',
  },
  {
    by: 'gunicorn.conf.py: bind',
    words: ['gunicorn', 'main:app'],
    files: { 'main.py': wsgi, 'gunicorn.conf.py': `bind = "${wide}"\n` },
    ends: 'on loopback',
  },
  {
    by: 'gunicorn.conf.py: on_starting',
    words: ['gunicorn', 'main:app'],
    files: {
      'main.py': wsgi,
      'gunicorn.conf.py': `def on_starting(server):\n    server.cfg.set("bind", ["${wide}"])\n`,
    },
    ends: 'stopped',
    cause: 'gunicorn.conf.py',
  },
  {
    by: 'gunicorn.conf.py: when_ready',
    words: ['gunicorn', 'main:app'],
    files: {
      'main.py': wsgi,
      'gunicorn.conf.py': `import socket\n\ndef when_ready(server):\n    server.kept = ${opens}\n`,
    },
    ends: 'stopped',
    cause: 'gunicorn.conf.py',
  },
  {
    by: 'gunicorn.conf.py: daemon',
    words: ['gunicorn', 'main:app'],
    files: { 'main.py': wsgi, 'gunicorn.conf.py': 'daemon = True\n' },
    ends: 'stopped',
    cause: 'gunicorn.conf.py',
  },
  {
    by: 'UVICORN_HOST, _PORT, _UDS, _FD',
    words: ['uvicorn', 'main:app'],
    files: { 'main.py': asgi },
    env: { UVICORN_HOST: '0.0.0.0', UVICORN_PORT: '0', UVICORN_UDS: 'server.sock', UVICORN_FD: '0' },
    ends: 'on loopback',
  },
  {
    by: "a socket of uvicorn's lifespan",
    words: ['uvicorn', 'main:app'],
    files: {
      'main.py': lines(
        'import socket',
        'async def app(scope, receive, send):',
        '    if scope["type"] == "lifespan":',
        `        app.kept = ${opens}`,
        '        await send({"type": "lifespan.startup.complete"})',
        '        await receive()',
      ),
    },
    ends: 'stopped',
    cause: 'main.py',
  },
  {
    by: 'uvicorn.run() at module level',
    words: ['uvicorn', 'main:app'],
    files: {
      'main.py': `import threading, uvicorn\n${asgi}threading.Thread(target=uvicorn.run, args=(app,), kwargs={"host": "0.0.0.0", "port": 0}, daemon=True).start()\n`,
    },
    ends: 'stopped',
    cause: 'main.py',
  },
  {
    by: '--host=0.0.0.0 behind the --',
    words: ['uvicorn', 'main:app', '--', '--host=0.0.0.0'],
    files: { 'main.py': asgi },
    ends: 'refused',
    cause: '--host',
  },
  {
    by: '--bind behind the --',
    words: ['gunicorn', 'main:app', '--', `--bind=${wide}`],
    files: { 'main.py': wsgi },
    ends: 'refused',
    cause: '--bind',
  },
  {
    by: "an option in the app's place",
    words: ['gunicorn', `--bind=${wide}`],
    files: { 'main.py': wsgi },
    ends: 'refused',
    cause: '--bind',
  },
  {
    by: 'settings.py: Command.default_addr',
    words: ['django'],
    files: {
      ...django,
      'settings.py': `${django['settings.py']}from django.core.management.commands.runserver import Command\nCommand.default_addr = "0.0.0.0"\n`,
    },
    ends: 'on loopback',
  },
  {
    by: 'a socket of settings.py',
    words: ['django'],
    files: { ...django, 'settings.py': `import socket\n${django['settings.py']}KEPT = ${opens}\n` },
    ends: 'stopped',
    cause: 'settings.py',
  },
  {
    by: 'runserver 0:PORT',
    words: ['django', '--', '0:8000'],
    files: django,
    ends: 'refused',
    cause: '0:8000',
  },
  {
    by: 'manage.py rewrites sys.argv',
    words: ['django'],
    files: {
      ...django,
      'manage.py': django['manage.py'].replace(
        'execute_from_command_line(sys.argv)',
        'sys.argv[1:] = ["runserver", "0.0.0.0:0", "--noreload"]\nexecute_from_command_line(sys.argv)',
      ),
    },
    ends: 'stopped',
    cause: 'manage.py',
  },
  {
    by: "an app's own runserver",
    words: ['django'],
    files: {
      ...django,
      'settings.py': django['settings.py'].replace('[]', '["shop"]'),
      'shop/management/commands/runserver.py': lines(
        'from django.core.management.commands.runserver import Command as Runserver',
        'class Command(Runserver):',
        '    def run(self, **options):',
        '        self.addr = "0.0.0.0"',
        '        super().run(**options)',
      ),
    },
    ends: 'stopped',
    cause: 'shop/management/commands/runserver.py',
  },
  { by: "http.server's default", words: ['http'], files: { 'index.html': 'ours' }, ends: 'on loopback' },
  {
    by: 'localhost, whatever the hosts file says',
    words: ['uvicorn', 'main:app', '--host', 'localhost'],
    files: { 'main.py': asgi },
    ends: 'on loopback',
  },
  ...['', '0', '0.0', '<broadcast>', '0.0.0.0', '::'].map(
    (host): Exposure => ({
      by: `the host ${JSON.stringify(host)}`,
      words: ['http', `--host=${host}`],
      files: {},
      ends: 'refused',
      cause: host,
    }),
  ),
]

function lines(...text: string[]): string {
  return `${text.join('\n')}\n`
}
