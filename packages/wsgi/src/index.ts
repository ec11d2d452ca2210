import type { Adapter } from '@devlaunch/core'

export interface WsgiOptions {
  /** `module`, `module:name` or `module:factory("text")`. A module alone: its `application`, else its `app`. */
  readonly app: string
}

/** `python/` stands beside `src/` and `dist/`. Not by `new URL()`: a space would become `%20`. */
const serve = import.meta.dirname.replace(/[^\\/]+$/, 'python/serve.py')

/** Any WSGI app, on the standard library's wsgiref: needs no package. Port 8000. */
export const wsgi: Adapter<WsgiOptions> = {
  name: 'wsgi',
  port: 8000,
  reload: false,
  target: { kind: 'app', option: 'app', required: true, example: 'wsgi:application' },
  command: ({ app }, flags) => [serve, ...flags, app],
  enforce: {
    bind: ({ host, port }) => ({ args: [`--host=${host}`, `--port=${port}`] }),
    debugger: 'absent',
    reload: 'absent',
    proxyHeaders: 'app-decides',
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: 'absent',
  },
  socket: 'reserve',
  scrub: [],
  reserved: [
    { match: /^--(?:host|port)(?:=|$)/, use: "use devlaunch's own --host and --port" },
    { match: /(?:)/, use: 'leave it out: this server has no options' },
  ],
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    {
      match: /Invalid HTTP_HOST header|<title>Bad Request \(400\)/,
      hint: 'add that host to ALLOWED_HOSTS in the settings',
    },
    { match: /Host .+ is not trusted/, hint: "add that host to TRUSTED_HOSTS in the app's config" },
    { match: /^error: no module named /m, hint: 'correct the module, or start in the folder that has it' },
    { match: /^error: module .* has no attribute /m, hint: 'name the app: module:name, or module:factory()' },
    { match: /is not a WSGI app: /, hint: 'name the app, or what makes it: module:factory()' },
    { match: /is an ASGI app: /, hint: 'serve it with uvicorn' },
    { match: /: Permission denied$/m, hint: 'choose a --port of 1024 or more' },
    { match: /Cannot assign requested address/, hint: 'choose a --host that this machine has' },
    { match: /^(?:Syntax|Indentation|Tab)Error: /m, hint: 'correct the line that the traceback ends with' },
  ],
  detect: {
    source:
      /^(?:def )?(application)(?:\(\w+, start_response| = (?!\S*(?:asgi|ASGI|Router|Flask|FastAPI|Starlette|Litestar|Quart)))/m,
  },
}
