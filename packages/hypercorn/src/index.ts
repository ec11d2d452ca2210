import type { Adapter } from '@devlaunch/core'

export interface HypercornOptions {
  /** `module` (its `app`), `module:name`, or `module:factory()`, which hypercorn evaluates. Required. */
  readonly app: string
}

/** hypercorn, for any ASGI app, and since 0.14 WSGI apps. Port 8000; reloads only when told to. */
export const hypercorn: Adapter<HypercornOptions> = {
  name: 'hypercorn',
  package: { module: 'hypercorn', distribution: 'hypercorn' },
  port: 8000,
  reload: false, // a reload with a syntax error ends it
  target: { kind: 'app', option: 'app', required: true, example: 'main:app' },
  command: ({ app }, flags) => ['-m', 'hypercorn', ...flags, app],
  enforce: {
    bind: ({ authority }) => ({ args: [`--bind=${authority}`] }),
    debugger: 'absent',
    reload: (on) => ({ args: on ? ['--reload'] : [] }),
    proxyHeaders: 'app-decides',
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: (seconds) => ({ args: [`--graceful-timeout=${seconds}`] }),
  },
  // It opens every bind that it is told of. Before 0.16 a reload closes the descriptor.
  socket: ({ reload }, { atLeast }) =>
    reload && !atLeast('0.16.0') ? 'reserve' : { args: ['--bind=fd://3'], instead: 'bind' },
  scrub: [],
  reserved: [
    { match: /^-[Dh]*b|^--bi/, use: "use devlaunch's own --host and --port" },
    { match: /^--[iq]/, use: 'leave it out: it would listen there as well' },
    { match: /^--rel/, use: "use devlaunch's own --reload" },
    { match: /^--(?:certf|key)/, use: 'leave it out: devlaunch serves http, a proxy in front serves https' },
  ],
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    { match: /^Invalid host header$/m, hint: 'add that host to allowed_hosts of TrustedHostMiddleware' },
    { match: /Invalid HTTP_HOST header|<title>Bad Request \(400\)/, hint: 'add that host to ALLOWED_HOSTS' },
    {
      match: /application not found\.|is not defined[\s\S]*NoAppError/,
      hint: 'name what holds the app: main:app, main:create_app()',
    },
    { match: /No module named '/, hint: 'correct the module, or install that package into this Python' },
    {
      match: /positional argument: 'start_response'/,
      hint: 'serve it with waitress or gunicorn',
      fatal: true,
    },
    { match: /positional argument: 'send'/, hint: 'serve it with: devlaunch uvicorn', fatal: true },
    { match: /Lifespan failure in startup/, hint: 'mend the startup code (lifespan) of the app' },
    { match: /Reloader can only be used with a single/, hint: 'leave out --reload, or the workers' },
    { match: /uvloop is not installed/, hint: 'install uvloop into this Python, or leave out -k' },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
  ],
}
