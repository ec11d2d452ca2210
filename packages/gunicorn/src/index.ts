import type { Adapter } from '@devlaunch/core'

export interface GunicornOptions {
  /** `module:name`, `module:factory()`, or `module` (`application`). Default: as gunicorn.conf.py says. */
  readonly app?: string
}

/** A master process stays alive after these lines, but none that could answer as it should. */
const fatal = true

/** gunicorn, for WSGI apps, and with a worker class for ASGI apps. Port 8000; reloads only when told to. */
export const gunicorn: Adapter<GunicornOptions> = {
  name: 'gunicorn',
  package: { module: 'gunicorn', distribution: 'gunicorn' },
  port: 8000,
  reload: false,
  target: { kind: 'app', option: 'app', required: false, example: 'main:app' },
  command: ({ app }, flags) => ['-m', 'gunicorn', ...flags, ...(app ? [app] : [])],
  enforce: {
    bind: ({ authority }, { atLeast }) => ({
      args: [`--bind=${authority}`, ...(atLeast('25.1.0') ? ['--no-control-socket'] : [])],
    }),
    debugger: 'absent',
    reload: (on) => ({ args: on ? ['--reload'] : [] }),
    proxyHeaders: (on) => ({ args: [`--forwarded-allow-ips=${on ? '127.0.0.1,::1' : ''}`] }),
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: (seconds) => ({ args: [`--graceful-timeout=${seconds}`] }),
  },
  // One descriptor among its binds, and it opens none of the others.
  socket: () => ({ args: ['--bind=fd://3'] }),
  scrub: [
    ...['GUNICORN_*', 'UVICORN_*', 'PORT', 'WEB_CONCURRENCY', 'FORWARDED_ALLOW_IPS'],
    ...['LISTEN_FD*', 'LISTEN_PID*'],
  ],
  reserved: [
    { match: /^-[DRhv]*b|^--bi/, use: "use devlaunch's own --host and --port" },
    { match: /^-[Rhv]*D|^--da/, use: 'leave it out: a server in the background would be ended' },
    { match: /^--reload$/, use: "use devlaunch's own --reload" },
    { match: /^--reu/, use: 'leave it out: it lets another process share the port' },
    { match: /^--f(?!orwarder)/, use: 'use --allow proxy-headers' },
    { match: /^--prox/, use: 'leave it out: with it a client can forge its own address' },
    { match: /^--(?:certf|key)/, use: 'leave it out: devlaunch serves http, a proxy in front serves https' },
  ],
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    { match: /^Invalid host header$/m, hint: 'add that host to allowed_hosts of TrustedHostMiddleware' },
    {
      match: /Invalid HTTP_HOST header|<title>Bad Request \(400\)/,
      hint: 'add that host to ALLOWED_HOSTS in the settings',
    },
    { match: /Host .+ is not trusted/, hint: "add that host to TRUSTED_HOSTS in the app's config" },
    { match: /No application module/, hint: 'name it, for example: devlaunch gunicorn main:app' },
    { match: /Failed to find attribute '/, hint: 'name what holds the app: main:app, main:create_app()' },
    { match: /class uri '.*' invalid/, hint: 'install the package of that worker class into this Python' },
    { match: /positional arguments: 'environ' and/, hint: 'leave out the (): this is the app itself' },
    { match: /positional argument: 'start_response'/, hint: 'serve a WSGI app without -k', fatal },
    { match: /positional argument: 'send'/, hint: 'serve an ASGI app with: devlaunch uvicorn', fatal },
    {
      match: /\[ERROR\] (?:.+ \([^()]+, line \d+\)|.*null bytes)/,
      hint: 'correct the line or file that it names',
      fatal,
    },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
    { match: /No module named '/, hint: 'install that package into this Python, or correct its name' },
    { match: /WORKER TIMEOUT/, hint: 'let the module load faster, or add: -- --timeout=SECONDS' },
    { match: /Worker exiting|exited with code [1-9]/, hint: 'mend what is named above', fatal },
    { match: /Worker .* (?:sent|due to) (?:SIG|signal)/, hint: 'mend what ends the worker', fatal },
  ],
}
