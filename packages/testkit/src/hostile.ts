import type { AnyAdapter } from '@devlaunch/core'

/** Every variable known to move or add a listener of some server, set to do so. */
export function hostile({ scrub }: AnyAdapter, port: number): Record<string, string> {
  const wide = `0.0.0.0:${port}`
  const known = {
    HOST: '0.0.0.0',
    PORT: `${port}`,
    FLASK_RUN_HOST: '0.0.0.0',
    FLASK_RUN_PORT: `${port}`,
    GUNICORN_CMD_ARGS: `--bind ${wide}`,
    HYPERCORN_BIND: wide,
    LISTEN_FDS: '3',
    LISTEN_PID: `${process.pid}`,
    RUN_MAIN: 'true',
    UVICORN_FD: '5',
    UVICORN_HOST: '0.0.0.0',
    UVICORN_PORT: `${port}`,
    UVICORN_UDS: '/tmp/devlaunch-test.sock',
    UWSGI_HTTP_SOCKET: wide,
    UWSGI_STATS: wide,
    WEB_CONCURRENCY: '3',
    WERKZEUG_RUN_MAIN: 'true',
    WERKZEUG_SERVER_FD: '5',
  }
  const others = scrub.map((name) => [name.replace(/\*$/, 'ANYTHING'), wide])
  return { ...Object.fromEntries(others), ...known }
}

/** The same as lines of a `.env` file. */
export function dotenv(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
