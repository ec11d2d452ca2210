import type { Adapter } from '@devlaunch/core'

export interface WaitressOptions {
  /** `module:name`, or `module:factory()` for a function without arguments that returns the app. Required. */
  readonly app: string
}

const trusted = ['--trusted-proxy=127.0.0.1', '--trusted-proxy-headers=x-forwarded-for x-forwarded-proto']

/** waitress, for any WSGI app. Port 8080. */
export const waitress: Adapter<WaitressOptions> = {
  name: 'waitress',
  package: { module: 'waitress', distribution: 'waitress' },
  port: 8080,
  reload: false,
  target: { kind: 'app', option: 'app', required: true, example: 'main:app' },
  command: ({ app }, flags) => {
    const name = app.replace(/\(\s*\)$/, '')
    return ['-m', 'waitress', ...flags, ...(name === app ? [] : ['--call']), name]
  },
  enforce: {
    // First, because a user's option without its value swallows what comes next: without --listen it is 0.0.0.0.
    proxyHeaders: (on) => ({ args: ['--clear-untrusted-proxy-headers', ...(on ? trusted : [])] }),
    bind: ({ authority }) => ({ args: [`--listen=${authority}`] }),
    debugger: 'absent',
    reload: 'absent',
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: 'absent',
  },
  socket: 'reserve',
  scrub: [],
  reserved: [
    { match: /^--(?:ho|p|li)/, use: "use devlaunch's own --host and --port" },
    { match: /^--(?:un|so)/, use: 'leave it out: the server listens on the address that is proven' },
    { match: /^--(?:tr|clear|no-c)/, use: 'use --allow proxy-headers' },
  ],
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    { match: /Invalid HTTP_HOST header|<title>Bad Request \(400\)/, hint: 'add that host to ALLOWED_HOSTS' },
    { match: /Host .+ is not trusted/, hint: "add that host to TRUSTED_HOSTS in the app's config" },
    { match: /^Error: (?:option|Specify one)/m, hint: 'correct the arguments: --option=VALUE' },
    { match: /Malformed application|invalid format:/, hint: 'write main:app, or main:create_app()' },
    { match: /'module' object is not callable/, hint: 'name the variable too: main:app', fatal: true },
    { match: /module '.+' has no attribute '/, hint: 'name the variable that holds the app: main:app' },
    { match: /No module named '/, hint: 'correct the module, or install that package into this Python' },
    { match: /positional arguments: 'environ' and/, hint: 'leave out the (): this is the app itself' },
    { match: /positional argument: 'send'/, hint: 'serve it with: devlaunch uvicorn', fatal: true },
    { match: /``None``/, hint: 'return the app from that function' },
    { match: /Invalid host\/port/, hint: 'leave out --no-ipv4 and --no-ipv6' },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
  ],
}
