import type { Adapter } from '@devlaunch/core'

export interface DaphneOptions {
  /** `module:name`. Required; daphne calls no factories. */
  readonly app: string
}

/** daphne, for any ASGI app (Django Channels). Port 8000; it has no reloader. */
export const daphne: Adapter<DaphneOptions> = {
  name: 'daphne',
  package: { module: 'daphne', distribution: 'daphne' },
  port: 8000,
  reload: false,
  target: { kind: 'app', option: 'app', required: true, example: 'main:app' },
  command: ({ app }, flags) => ['-m', 'daphne', ...flags, app],
  enforce: {
    bind: ({ host, port }) => ({ args: [`--bind=${host}`, `--port=${port}`] }),
    debugger: 'absent',
    reload: 'absent',
    proxyHeaders: (on) => ({ args: on ? ['--proxy-headers'] : [] }),
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: 'absent',
  },
  // It listens wherever it is told to, and takes a descriptor for IPv4: an IPv6 client would get a random address.
  socket: ({ bind }) => (bind.host.includes(':') ? 'reserve' : { args: ['--fd=3'], instead: 'bind' }),
  scrub: ['LISTEN_FD*', 'LISTEN_PID*'],
  reserved: [
    { match: /^-h*[bp]|^--(?:b|po)/, use: "use devlaunch's own --host and --port" },
    { match: /^-h*[eu]|^--[efu]/, use: 'leave it out: it would listen there as well' },
    { match: /^--proxy-headers$/, use: 'use --allow proxy-headers' },
  ],
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    { match: /Invalid HTTP_HOST|<title>Bad Request/, hint: 'add that host to ALLOWED_HOSTS in the settings' },
    { match: /^Invalid host header$/m, hint: 'add that host to allowed_hosts of TrustedHostMiddleware' },
    { match: /has no attribute '\w+\(/, hint: 'name a variable: daphne calls no function to get the app' },
    {
      match: /import_by_path(?:(?!importlib)[\s\S])*has no attribute '/,
      hint: 'name what holds the app: main:app',
    },
    { match: /import_by_path(?:(?!importlib)[\s\S])*to unpack/, hint: 'name the variable too: main:app' },
    { match: /argument: 'start_response'/, hint: 'serve a WSGI app with gunicorn or wsgi', fatal: true },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
    { match: /No module named '/, hint: 'install that package into this Python, or correct its name' },
  ],
}
