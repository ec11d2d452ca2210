import type { Adapter } from '@devlaunch/core'

export interface FlaskOptions {
  /** `module`, `module:name` or `module:factory("text")`. Default: `FLASK_APP`, else `wsgi.py`, else `app.py`. */
  readonly app?: string
}

/** What a .env file can't fill because it is there, and what click takes for absent because it is empty. */
const blank = { WERKZEUG_RUN_MAIN: '', FLASK_RUN_CERT: '', FLASK_RUN_KEY: '', FLASK_RUN_DEBUG: '' }

/** `python/` stands beside `src/` and `dist/`; in the bundle, as a folder of ours. */
const overlay = import.meta.dirname.replace(/[^\\/]+$/, 'python/flask_app.py')

/** Flask's own development server. Port 5000; the command line reloads unless told otherwise. */
export const flask: Adapter<FlaskOptions> = {
  name: 'flask',
  package: { module: 'flask', distribution: 'Flask' },
  port: 5000,
  reload: true,
  target: { kind: 'app', option: 'app', required: false, example: 'app:app' },
  command: ({ app }, flags) => ['-m', 'flask', ...(app ? [`--app=${app}`] : []), 'run', ...flags],
  enforce: {
    // First, because the variable says it too: a user's last option without its value swallows this flag.
    debugger: (on) => ({
      args: [on ? '--debugger' : '--no-debugger'],
      env: { FLASK_DEBUG: on ? '1' : '0' }, // `run` knows --debug since 2.2.3 only
    }),
    bind: ({ host, port }) => ({ args: [`--host=${host}`, `--port=${port}`] }),
    reload: (on) => ({ args: [on ? '--reload' : '--no-reload'] }),
    proxyHeaders: 'app-decides',
    // Where the app has TRUSTED_HOSTS, this one is added. Werkzeug can't compare an IPv6 address.
    allowedHosts: (hosts, { atLeast }) => {
      const host = hosts.find((each) => !/^(?:127\.|\[)/.test(each))
      return host === undefined || !atLeast('3.1')
        ? 'app-decides'
        : { env: { DEVLAUNCH_OVERLAY: `flask.app:${overlay}`, DEVLAUNCH_ALLOWED_HOSTS: host } }
    },
    dotenv: (on) => ({ env: on ? blank : { FLASK_SKIP_DOTENV: '1' } }),
    grace: 'absent',
  },
  // What Werkzeug's reloader tells its child, which nobody promises: for the releases that are tested.
  socket: ({ reload }, { atLeast }) =>
    atLeast('2.2') && !atLeast('3.2')
      ? { env: { WERKZEUG_RUN_MAIN: 'true', WERKZEUG_SERVER_FD: '3' }, ...(reload && { restart: 3 }) }
      : 'reserve',
  // FLASK_VERSION=1 and FLASK_HELP=1 are --version and --help to click: the server would end at once.
  scrub: [
    ...['FLASK_RUN_*', 'FLASK_ENV_FILE', 'FLASK_DEBUG', 'FLASK_ENV', 'FLASK_VERSION', 'FLASK_HELP'],
    ...['WERKZEUG_RUN_MAIN', 'WERKZEUG_SERVER_FD', 'WERKZEUG_DEBUG_PIN'],
    ...['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES'],
  ],
  reserved: [
    { match: /^(?:-[hp]|--(?:host|port))/, use: "use devlaunch's own --host and --port" },
    { match: /^--(?:no-)?debug/, use: "use devlaunch's own --debug" },
    { match: /^--(?:no-)?reload/, use: "use devlaunch's own --reload or --no-reload" },
    { match: /^--(?:cert|key)/, use: 'leave it out: a proxy in front of it can serve https' },
    { match: /^(?:-e|--env-file)/, use: "use devlaunch's own --env-file" },
    { match: /^(?:-A|--app)/, use: 'name the app behind the word flask' },
  ],
  hints: [
    // On the page of a refusal.
    { match: /Host .+ is not trusted/, hint: "add that host to TRUSTED_HOSTS in the app's config" },
    { match: /Could not import '/, hint: 'correct the module, or start in the folder that has it' },
    { match: /Could not locate a Flask app/, hint: 'name it, for example: devlaunch flask shop:app' },
    { match: /Failed to find |Detected multiple |valid Flask app/, hint: 'name the app, as in module:name' },
    { match: /factory '.* could not /, hint: 'pass what it needs, as in module:create_app("shop")' },
    { match: /partially initialized module 'flask'/, hint: 'rename your flask.py: it hides the package' },
    { match: /^(?:Syntax|Indentation|Tab)Error: /m, hint: 'correct the line that the traceback ends with' },
    { match: /^Permission denied$/m, hint: 'choose a --port of 1024 or more' },
    { match: /Cannot assign requested address/, hint: 'choose a --host that this machine has' },
    // As a reloader's child it doesn't end when the app can't be imported, but answers 500 to everything.
    { match: /\bflask\/cli\.py", line \d+, in run_command$/m, hint: 'mend what is named above', fatal: true },
  ],
  detect: {
    source:
      /^(?:(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)*Flask\(|def (?<factory>create_app|make_app)\(.*(?:\n(?:[ \t)].*)?)*?\bFlask\()/m,
    dependency: {
      names: ['flask'],
      source:
        /^(?:(?:from [\w.]+ import )?(app|application)[ \t]*(?:=|$)|def (?<factory>create_app|make_app)\()/m,
    },
  },
}
