import type { Adapter } from '@devlaunch/core'

export interface UvicornOptions {
  /** `module:name`, or `module:factory()` for a function without arguments that returns the app. Required. */
  readonly app: string
}

/** A parent process stays alive after these lines, but no process that could answer. */
const fatal = true

/** uvicorn, for any ASGI app. Port 8000; the command line reloads unless told otherwise. */
export const uvicorn: Adapter<UvicornOptions> = {
  name: 'uvicorn',
  package: { module: 'uvicorn', distribution: 'uvicorn' },
  port: 8000,
  reload: true,
  target: { kind: 'app', option: 'app', required: true, example: 'main:app' },
  command: ({ app }, flags) => {
    const name = app.replace(/\(\s*\)$/, '')
    return ['-m', 'uvicorn', ...flags, ...(name === app ? [] : ['--factory']), name]
  },
  enforce: {
    bind: ({ host, port }) => ({ args: [`--host=${host}`, `--port=${port}`] }),
    debugger: 'absent',
    reload: (on) => ({ args: on ? ['--reload'] : [] }),
    proxyHeaders: (on) => ({
      args: on ? ['--proxy-headers', '--forwarded-allow-ips=127.0.0.1,::1'] : ['--no-proxy-headers'],
    }),
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: (seconds, { atLeast }) => ({
      args: atLeast('0.22.0') ? [`--timeout-graceful-shutdown=${seconds}`] : [],
    }),
  },
  // Its own socket for `::` is IPv6 only in one process, and for both families with a reloader or workers.
  socket: ({ bind }) => (bind.host === '::' ? 'reserve' : { args: ['--fd=3'] }),
  scrub: ['UVICORN_*', 'WEB_CONCURRENCY', 'FORWARDED_ALLOW_IPS', 'LISTEN_FD*', 'LISTEN_PID*'],
  reserved: [
    { match: /^--(?:host|port)(?:=|$)/, use: "use devlaunch's own --host and --port" },
    { match: /^--(?:uds|fd)(?:=|$)/, use: 'leave it out: the server listens on the address that is proven' },
    { match: /^--(?:reload|debug)$/, use: "use devlaunch's own --reload or --no-reload" },
    { match: /^--(?:proxy-headers$|forwarded-allow-ips(?:=|$))/, use: 'use --allow proxy-headers' },
    { match: /^--env-file(?:=|$)/, use: "use devlaunch's own --env-file" },
    { match: /^--ssl-/, use: 'leave it out: devlaunch serves http, a proxy in front of it can serve https' },
  ],
  interrupt: 'leader', // its parent waits up to 5 s for a sign of life of a worker that has just ended
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    { match: /^Invalid host header$/m, hint: 'add that host to allowed_hosts of TrustedHostMiddleware' },
    {
      match: /Invalid HTTP_HOST header|<title>Bad Request \(400\)/,
      hint: 'add that host to ALLOWED_HOSTS in the settings',
    },
    { match: /Could not import module "/, hint: 'correct the module, or add: -- --app-dir=FOLDER' },
    { match: /Attribute "[^"]*\(/, hint: 'name a function without arguments: main:create_app()' },
    { match: /Attribute "[^"]*" not found/, hint: 'name the variable that holds the app: main:app' },
    { match: /must be in format "<module>:/, hint: 'name the variable too: main:app' },
    { match: /app factory: /, hint: 'name a function without arguments; leave out () if it is the app' },
    { match: /positional argument: 'start_response'/, hint: 'serve a WSGI app with gunicorn or wsgi', fatal },
    { match: /asyncio\.run\(\) cannot be called/, hint: "put uvicorn.run() under if __name__ == '__main__'" },
    { match: /startup failed\. Exiting/, hint: 'mend the startup code (lifespan) that is named above' },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
    { match: /No module named '/, hint: 'install that package into this Python, or correct its name' },
    { match: /Error loading ASGI app|startup failed\. Exiting/, hint: 'mend what is named above', fatal },
    { match: /^Process SpawnProcess-\d+:$|Child process \[\d+\]/m, hint: 'mend what is named above', fatal },
  ],
  detect: {
    source:
      /^(?:(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)*(?:FastAPI|Starlette|Litestar|Quart)\(|def (?<factory>create_app|make_app)\(.*(?:\n(?:[ \t)].*)?)*?\b(?:FastAPI|Starlette|Litestar|Quart)\()/m,
    setting: /^\[tool\.fastapi\][ \t]*\n(?:(?!\[).*\n)*?entrypoint[ \t]*=[ \t]*["']([\w.]+:\w+)["']/m,
    dependency: {
      names: ['fastapi', 'starlette', 'litestar', 'quart'],
      source: /^(?:from [\w.]+ import )?(app|api)[ \t]*(?:=|$)/m,
    },
  },
}
