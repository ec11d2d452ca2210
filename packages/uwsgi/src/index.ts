import type { Adapter } from '@devlaunch/core'

export interface UwsgiOptions {
  /** `module:name`, `module:factory()`, `module` (`application`); or a file: `wsgi.py`, `wsgi.py:name`. Required. */
  readonly app: string
}

/** It has a thousand options, and takes any beginning of their names: those that open nothing are passed on. */
const valued =
  'processes|workers|threads|gevent|offload-threads|cheaper(?:-initial|-step)?|harakiri|max-requests|max-worker-lifetime|reload-on-rss|buffer-size|post-buffering|limit-post|listen|socket-timeout|chdir|pythonpath|plugins?|static-map|static-index|touch-reload|log-slow|log-format'
const switches =
  'enable-threads|thunder-lock|lazy-apps|single-interpreter|gevent-monkey-patch|memory-report|disable-logging'
const configuration = 'name the app, and give options one by one: a file of them can add listeners'

/** uWSGI, for WSGI apps. Port 8000; reloads only when told to. */
export const uwsgi: Adapter<UwsgiOptions> = {
  name: 'uwsgi',
  package: { module: 'uwsgidecorators', distribution: 'uWSGI' },
  program: 'uwsgi',
  port: 8000,
  reload: false,
  target: {
    ...{ kind: 'app', option: 'app', required: true, example: 'main:app' },
    reserved: [{ match: /\.(?:ini|xml|ya?ml|json?)$/, use: configuration }],
  },
  command: ({ app }, flags, _, python) => {
    const [, file, name = 'application'] = /^([\w.]+\.py)(?::(.+))?$/.exec(app) ?? []
    return [
      // In a distribution Python is a plugin; PyPI's is built with it.
      ...['--if-not-plugin=python', '--plugin=python3', '--end-if'],
      ...[`--py-program-name=${python}`, `--py-sys-executable=${python}`], // whose packages are found
      ...['--master', '--no-orphans', '--ignore-sigpipe', '--die-on-term', '--need-app'],
      ...['--safe-fd=198', '--safe-fd=199'], // the guard's, in a sealed server: a reload closes all others
      ...flags,
      ...(file ? [`--wsgi-file=${file}`, `--callable=${name}`] : [`--module=${app}`]),
    ]
  },
  enforce: {
    // Its sockets add up: the address is for where none is handed over. A socket as stdin would be taken for another.
    bind: ({ authority }) => ({
      args: ['--skip-zero', '--if-not-env=LISTEN_FDS', `--http-socket=${authority}`, '--end-if'],
    }),
    debugger: 'absent',
    reload: (on) => ({ args: on ? ['--py-autoreload=1'] : [] }),
    proxyHeaders: 'app-decides', // X-Forwarded-Proto is believed, whoever sends it
    allowedHosts: 'app-decides',
    dotenv: 'absent',
    grace: (seconds) => ({ args: [`--worker-reload-mercy=${seconds}`] }),
  },
  // Without LISTEN_PID the variable means nothing but the condition above.
  socket: () => ({ args: ['--http-socket=fd://3'], env: { LISTEN_FDS: '1' } }),
  scrub: ['UWSGI_*', 'LISTEN_FD*', 'LISTEN_PID*', 'UPSTART_*'],
  reserved: [
    { match: /^-s|^--(?:https?|(?:[\w-]+-)?socket)\d*(?:=|$)/, use: "use devlaunch's own --host and --port" },
    { match: /^--py(?:thon)?-auto-?reload/, use: "use devlaunch's own --reload" },
    { match: /^--(?:ini|xml|ya?ml|json|config|include|env)(?:=|$)|^[^-]+\.\w+$/, use: configuration },
    {
      match: new RegExp(`^(?!--(?:${valued})=.|--(?:${switches})$)`),
      use: 'leave it out; the README lists what is passed on, written as --name=value: others can add listeners',
    },
  ],
  hints: [
    { match: /Invalid HTTP_HOST header|<title>Bad Request \(400\)/, hint: 'add that host to ALLOWED_HOSTS' },
    { match: /option '--py-/, hint: 'install its plugin for Python, on Debian uwsgi-plugin-python3' },
    { match: /argument: 'send'/, hint: 'serve an ASGI app with: devlaunch uvicorn', fatal: true },
    { match: /takes 0 positional arguments but 2/, hint: 'name a factory with (): main:make()', fatal: true },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
    { match: /No module named '/, hint: 'install that package into this Python, or correct its name' },
    { match: /(?:Error|Exception)\b.*\nunable to load app 0/, hint: 'mend what is named above' },
    { match: /unable to load app 0/, hint: 'name the variable that holds the app: main:app' },
  ],
}
