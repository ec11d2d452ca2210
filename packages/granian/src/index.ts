import type { Adapter } from '@devlaunch/core'

export interface GranianOptions {
  /** `module:name`, `module:factory()`, or `module` (`app`). Required. */
  readonly app: string
  /** What the app speaks. Default: `asgi`. On the command line: `-- --interface=wsgi`. */
  readonly interface?: 'asgi' | 'asginl' | 'rsgi' | 'wsgi'
}

/** A parent process may stay alive after these lines, but none that could answer as it should. */
const fatal = true

/** granian, for ASGI, WSGI and RSGI apps. Port 8000; it reloads only when told to, which needs granian[reload]. */
export const granian: Adapter<GranianOptions> = {
  name: 'granian',
  package: { module: 'granian', distribution: 'granian' },
  port: 8000,
  reload: false,
  target: { kind: 'app', option: 'app', required: true, example: 'main:app' },
  command: ({ app, interface: speaks = 'asgi' }, flags) => {
    const name = app.replace(/\(\s*\)$/, '')
    const factory = name === app ? [] : ['--factory']
    return ['-m', 'granian', `--interface=${speaks}`, ...flags, ...factory, name]
  },
  enforce: {
    bind: ({ host, port }, { atLeast }) => ({
      args: [`--host=${host}`, `--port=${port}`, ...(atLeast('2.7.0') ? ['--no-metrics'] : [])],
    }),
    debugger: 'absent',
    reload: (on) => ({ args: [on ? '--reload' : '--no-reload'] }),
    proxyHeaders: 'app-decides',
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: (seconds) => ({ args: [`--workers-kill-timeout=${seconds}`] }),
  },
  socket: 'reserve',
  native: true,
  scrub: ['GRANIAN_*'],
  reserved: [
    { match: /^--(?:host|port)(?:=|$)/, use: "use devlaunch's own --host and --port" },
    { match: /^--uds/, use: 'leave it out: the server listens on the address that is proven' },
    { match: /^--metrics(?!-s)/, use: 'leave it out: it opens a second listener' },
    { match: /^--(?:no-)?reload$/, use: "use devlaunch's own --reload or --no-reload" },
    { match: /^--env-files/, use: "use devlaunch's own --env-file" },
    { match: /^--ssl-/, use: 'leave it out: devlaunch serves http, a proxy in front of it can serve https' },
  ],
  interrupt: 'leader', // a worker that ends before its parent knows why is an "unexpected exit", and the status 1
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    { match: /Invalid HTTP_HOST|<title>Bad Request/, hint: 'add that host to ALLOWED_HOSTS in the settings' },
    { match: /^Invalid host header$/m, hint: 'add that host to allowed_hosts of TrustedHostMiddleware' },
    {
      match: /granian\[reload\] extra/,
      hint: 'install granian[reload] into this Python, or add --no-reload',
    },
    { match: /Could not import '/, hint: 'correct the module, or start in the folder that has it' },
    { match: /has no attribute '\w+\(/, hint: 'name a function without arguments: main:create_app()' },
    {
      match: /load_target(?:(?!load_module)[\s\S])*has no attribute '/,
      hint: 'name what holds the app: main:app',
    },
    { match: /takes 2 positional arguments but 3/, hint: 'for a WSGI app add: -- --interface=wsgi', fatal },
    { match: /positional argument: 'send'/, hint: 'for an ASGI app leave out --interface', fatal },
    { match: /Lifespan startup failed/i, hint: 'mend the startup code (lifespan) that is named above' },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
    { match: /No module named '/, hint: 'install that package into this Python, or correct its name' },
    { match: /Unexpected exit from worker/, hint: 'mend what is named above', fatal },
  ],
}
