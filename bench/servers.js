/** @typedef {{ name: string, cwd: string, target: string[], bare: (port: number) => string[] }} Server */

/**
 * What is measured: `bare` is the command without devlaunch.
 * @type {Server[]}
 */
export const servers = [
  {
    name: 'http',
    cwd: 'examples/wsgi',
    target: [],
    bare: (port) => ['-m', 'http.server', '--bind', '127.0.0.1', `${port}`],
  },
  {
    name: 'wsgi',
    cwd: 'examples/wsgi',
    target: ['wsgi:application'],
    bare: (port) => [
      '-c',
      `from wsgiref.simple_server import make_server; import wsgi; make_server('127.0.0.1', ${port}, wsgi.application).serve_forever()`,
    ],
  },
  {
    name: 'flask',
    cwd: 'examples/flask',
    target: ['app:app'],
    bare: (port) => ['-m', 'flask', '--app', 'app:app', 'run', '--port', `${port}`, '--no-reload'],
  },
  {
    name: 'django',
    cwd: 'examples/django',
    target: [],
    bare: (port) => ['manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`],
  },
  {
    name: 'uvicorn',
    cwd: 'examples/fastapi',
    target: ['main:app'],
    bare: (port) => ['-m', 'uvicorn', 'main:app', '--port', `${port}`],
  },
  {
    name: 'gunicorn',
    cwd: 'examples/wsgi',
    target: ['wsgi:application'],
    bare: (port) => ['-m', 'gunicorn', '--bind', `127.0.0.1:${port}`, 'wsgi:application'],
  },
]
