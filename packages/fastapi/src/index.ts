import type { Adapter } from '@devlaunch/core'

export interface FastapiOptions {
  /** `module:name`, or the path of a file or package. Default: `[tool.fastapi]` in pyproject.toml, else `main.py` ... */
  readonly app?: string
}

/** A parent process stays alive after these lines, but no process that could answer. */
const fatal = true
/** What brings FastAPI's command line. */
const names = ['fastapi-cli', 'fastapi[standard]']
const path = /\.py$|[\\/]/

/** FastAPI's own command line: `fastapi dev` with reload, `fastapi run` without. Port 8000. */
export const fastapi: Adapter<FastapiOptions> = {
  name: 'fastapi',
  package: { module: 'fastapi_cli', distribution: 'fastapi-cli' },
  port: 8000,
  reload: true,
  target: { kind: 'app', option: 'app', required: false, path, example: 'main:app' },
  command: ({ app }, flags, { atLeast }) => {
    const command = ['-m', 'fastapi_cli', flags.includes('--reload') ? 'dev' : 'run', ...flags]
    if (!app || path.test(app)) return app ? [...command, app] : command
    const [module = '', name] = app.split(':')
    if (name && atLeast('0.0.11')) return [...command, `--entrypoint=${app}`]
    return [...command, ...(name ? [`--app=${name}`] : []), `${module.replaceAll('.', '/')}.py`]
  },
  enforce: {
    // First: a user's last option without its value swallows this flag, which the command says too, and not the host.
    reload: (on) => ({ args: [on ? '--reload' : '--no-reload'] }),
    bind: ({ host, port }) => ({ args: [`--host=${host}`, `--port=${port}`] }),
    debugger: 'absent',
    proxyHeaders: (on) => ({
      args: [on ? '--proxy-headers' : '--no-proxy-headers'],
      env: on ? { FORWARDED_ALLOW_IPS: '127.0.0.1,::1' } : {}, // the option for it came with 0.0.10
    }),
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: 'absent',
  },
  socket: 'reserve',
  scrub: ['PORT', 'WEB_CONCURRENCY', 'FORWARDED_ALLOW_IPS', 'UVICORN_*', 'LISTEN_FD*', 'LISTEN_PID*'],
  reserved: [
    { match: /^--(?:host|port)(?:=|$)/, use: "use devlaunch's own --host and --port" },
    { match: /^--(?:no-)?reload$/, use: "use devlaunch's own --reload or --no-reload" },
    { match: /^--(?:proxy-headers$|forwarded-allow-ips(?:=|$))/, use: 'use --allow proxy-headers' },
  ],
  interrupt: 'leader', // uvicorn's parent waits up to 5 s for a sign of life of a worker that has just ended
  // `\s+`, because lines are broken at the terminal's width.
  hints: [
    { match: /^Invalid host header$/m, hint: 'add that host to allowed_hosts of TrustedHostMiddleware' },
    { match: /find\s+a\s+default\s+file/, hint: 'name the app: devlaunch fastapi shop.main:app' },
    { match: /Path\s+does\s+not\s+exist/, hint: 'correct the name; of a package give the path, as in shop/' },
    {
      match: /find\s+FastAPI\s+app|to\s+be\s+a\s+FastAPI|Attribute\s+"\w+\(/,
      hint: 'serve other apps, and factories, with uvicorn',
    },
    { match: /find\s+app\s+name|Attribute\s+"/, hint: 'name the variable that holds the app: main:app' },
    {
      match: /Import\s+string\s+must|pyproject\.toml:$/m,
      hint: 'write entrypoint = "main:app" under [tool.fastapi]',
    },
    { match: /import\s+module\s+"/, hint: 'correct the module, or start in the folder that has it' },
    { match: /initialized\s+module\s+'fastapi'/, hint: 'rename your fastapi.py: it hides the package' },
    { match: /No such option: --workers/, hint: 'add --no-reload; workers came with fastapi-cli 0.0.3' },
    { match: /asyncio\.run\(\) cannot be called/, hint: "put uvicorn.run() under if __name__ == '__main__'" },
    { match: /startup\s+failed\.\s+Exiting/, hint: 'mend the startup code (lifespan) that is named above' },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
    { match: /loading\s+ASGI\s+app|startup\s+failed\.\s+Exiting/, hint: 'mend what is named above', fatal },
    { match: /^Process SpawnProcess-\d+:$|Child\s+process\s+\[/m, hint: 'mend what is named above', fatal },
  ],
  detect: {
    needs: names,
    source: /^(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)*FastAPI\(/m,
    setting: /^\[tool\.fastapi\][ \t]*\n(?:(?!\[).*\n)*?entrypoint[ \t]*=[ \t]*["']([\w.]+:\w+)["']/m,
    dependency: { names, source: /^(?:from [\w.]+ import )?(app|api)[ \t]*(?:=|$)/m },
  },
}
