import type { Adapter } from '@devlaunch/core'

export interface DjangoOptions {
  /** The path of manage.py. Default: the one in the working directory, above it, or in a folder below. */
  readonly manage?: string
}

/** `python/` stands beside `src/` and `dist/`; in the bundle, as a folder of ours. */
const overlay = import.meta.dirname.replace(/[^\\/]+$/, 'python/django_settings.py')

/** Django's `manage.py runserver`, or an installed app's own (daphne, staticfiles). Port 8000; it reloads. */
export const django: Adapter<DjangoOptions> = {
  name: 'django',
  package: { module: 'django', distribution: 'Django' },
  port: 8000,
  reload: true,
  target: { kind: 'file', option: 'manage', required: false, example: 'manage.py' },
  command: ({ manage = 'manage.py' }, flags) => [manage, 'runserver', ...flags],
  enforce: {
    reload: (on) => ({ args: on ? [] : ['--noreload'] }),
    bind: ({ authority }) => ({ args: [authority] }), // a bare port would leave the address to the project
    debugger: 'absent',
    proxyHeaders: 'app-decides',
    // No argument and no variable adds to a setting. On loopback Django allows what is needed by itself.
    allowedHosts: (hosts) => {
      const host = hosts.find((each) => !/^(?:127\.|\[::1\])/.test(each))
      return host === undefined
        ? 'app-decides'
        : { env: { DEVLAUNCH_OVERLAY: `django.conf:${overlay}`, DEVLAUNCH_ALLOWED_HOSTS: host } }
    },
    dotenv: 'absent',
    grace: 'absent',
  },
  socket: 'reserve',
  scrub: ['RUN_MAIN', 'WERKZEUG_*', 'LISTEN_FD*', 'LISTEN_PID*'],
  reserved: [
    // A second address; Django reads the digits of every script. -v 2 is left alone.
    {
      match: /^(?!-|[0-3]$)(?:.*:)?\p{Nd}+\s*$/su,
      use: 'use --host and --port; write --option=NUMBER',
    },
    { match: /^(?:-6|--i(?:p|$))/, use: "use devlaunch's own --host, for example: --host ::1" },
    { match: /^--nor/, use: "use devlaunch's own --no-reload" },
  ],
  notes: [
    {
      match: /^(?![\s\S]*Starting (?:WSGI )?development server at)/,
      note: "an installed app's own runserver serves (INSTALLED_APPS), bound as planned",
    },
  ],
  exposes: 'with DEBUG = True an error page shows settings and source to whoever asks',
  hints: [
    // On the page of a refusal; first, because Django's quotes a lot of source.
    {
      match: /Invalid HTTP_HOST header|<title>Bad Request \(400\)/,
      hint: 'add that host to ALLOWED_HOSTS in the settings',
    },
    { match: /ALLOWED_HOSTS if DEBUG is False/, hint: "set DEBUG = True, or ALLOWED_HOSTS = ['127.0.0.1']" },
    { match: /settings are not configured/, hint: 'set DJANGO_SETTINGS_MODULE, as manage.py of Django does' },
    { match: /SECRET_KEY setting must not be/, hint: 'set SECRET_KEY, or name its file: --env-file .env' },
    { match: /not set ASGI_APPLICATION/, hint: 'set ASGI_APPLICATION, or take daphne out of INSTALLED_APPS' },
    { match: /WSGI application '.*' could not/, hint: 'correct WSGI_APPLICATION, or what is named above' },
    { match: /Error loading \w+.* module/, hint: 'install the driver of that database into this Python' },
    { match: /no such table|relation ".*" does not/, hint: 'create the tables: python manage.py migrate' },
    { match: /OperationalError/, hint: 'start that database, or correct DATABASES in the settings' },
    { match: /SystemCheckError/, hint: 'mend what the system check names' },
    { match: /\b(?:Syntax|Indentation|Tab)Error\b/, hint: 'correct the line that the traceback ends with' },
    { match: /No module named '/, hint: 'install that package into this Python, or correct the settings' },
    { match: /ImproperlyConfigured/, hint: 'correct the settings that it names' },
    // The reloader waits for a change of a file, and nothing listens.
    { match: /Exception in thread django-main-thread/, hint: 'mend what the traceback names', fatal: true },
  ],
  detect: { file: 'manage.py' },
}
