/** What a server does that somebody starts by hand, as measured: packages/cli/test/defaults.test.ts, README.md. */
export interface Default {
  /** The adapter that starts it instead. */
  readonly server: string
  /** The words that are typed, variables first, in the folder of its fixture app. Without an address, where it can be. */
  readonly command: readonly string[]
  /** Each socket that takes what comes, the one that answers first. `*`: a port of the kernel's choice. None: it ends. */
  readonly listens: readonly string[]
  /** Lines of gai.conf(5), and what they do. */
  readonly resolver?: { readonly lines: string; readonly effect: string }
  /** What is often said, and wrong. */
  readonly said?: string
}

/** In the order of the command line's own list. */
export const defaults: readonly Default[] = [
  {
    server: 'django',
    command: ['python', 'manage.py', 'runserver'],
    listens: ['127.0.0.1:8000'],
    said: "wsgiref's default",
  },
  { server: 'flask', command: ['flask', 'run'], listens: ['127.0.0.1:5000'], said: "wsgiref's default" },
  { server: 'fastapi', command: ['fastapi', 'dev'], listens: ['127.0.0.1:8000'] },
  {
    server: 'fastapi',
    command: ['fastapi', 'run'],
    listens: ['0.0.0.0:8000'],
    said: '127.0.0.1, as `fastapi dev`',
  },
  { server: 'uvicorn', command: ['uvicorn', 'app:app'], listens: ['127.0.0.1:8000'] },
  { server: 'hypercorn', command: ['hypercorn', 'app:app'], listens: ['127.0.0.1:8000'] },
  {
    server: 'granian',
    command: ['granian', '--interface', 'asgi', 'app:app'],
    listens: ['127.0.0.1:8000'],
  },
  { server: 'daphne', command: ['daphne', 'app:app'], listens: ['127.0.0.1:8000'] },
  {
    server: 'gunicorn',
    command: ['gunicorn', 'app:app'],
    listens: ['127.0.0.1:8000'],
    said: 'it has no default',
  },
  {
    server: 'gunicorn',
    command: ['PORT=9000', 'gunicorn', 'app:app'],
    listens: ['0.0.0.0:9000'],
    said: '`PORT` is only the port',
  },
  { server: 'uwsgi', command: ['uwsgi', '--module', 'app:app'], listens: [] },
  {
    server: 'uwsgi',
    command: ['uwsgi', '--http', ':8000', '--module', 'app:app'],
    listens: ['0.0.0.0:8000', '127.0.0.1:*'],
  },
  { server: 'waitress', command: ['waitress-serve', 'app:app'], listens: ['0.0.0.0:8080'] },
  {
    // make_server() has no default. This is the call of its documentation's examples.
    // https://docs.python.org/3/library/wsgiref.html#module-wsgiref.simple_server
    server: 'wsgi',
    command: [
      'python',
      '-c',
      'from wsgiref.simple_server import *; make_server("", 8000, demo_app).serve_forever()',
    ],
    listens: ['0.0.0.0:8000'],
    said: "this is wsgiref's default",
  },
  { server: 'http', command: ['python', '-m', 'http.server'], listens: ['0.0.0.0:8000'] },
  {
    // It takes the first address of getaddrinfo(). One label for all: ::1 is no reason against :: any more (RFC 6724, rule 5).
    server: 'http',
    command: ['python', '-m', 'http.server'],
    resolver: { lines: 'label ::/0 1\n', effect: 'where the resolver puts IPv6 first' },
    listens: ['[::]:8000'],
    said: 'always 0.0.0.0',
  },
]

/** A command as a shell takes it. */
export function typed(command: Default['command']): string {
  return command.map((word) => (/^[\w.:=-]+$/.test(word) ? word : `'${word}'`)).join(' ')
}
