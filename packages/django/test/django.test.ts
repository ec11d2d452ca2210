import { planner, type Situation } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { django } from '../src/index.ts'

const [oldest, newest] = ['3.2.25', '6.1.3']

const planned = planner(django, newest, { manage: '/shop/manage.py' })

describe('the whole command', () => {
  test.each<[string, Situation, string[]]>([
    ['defaults', {}, ['--noreload', '127.0.0.1:8000']],
    ['reload', { reload: true }, ['127.0.0.1:8000']],
    ['all', { reload: true, allow: ['proxy-headers', 'dotenv'] }, ['127.0.0.1:8000']],
    ['IPv6', { host: '::1' }, ['--noreload', '[::1]:8000']],
    ['everywhere', { host: '*', allow: ['public-bind'] }, ['--noreload', '0.0.0.0:8000']],
    ['oldest', { version: oldest }, ['--noreload', '127.0.0.1:8000']],
    ['oldest, reload', { version: oldest, reload: true }, ['127.0.0.1:8000']],
    ['unknown release', { version: null }, ['--noreload', '127.0.0.1:8000']],
  ])('%s', (_, situation, flags) => {
    const { args, env, unenforced } = planned({}, situation)
    expect(args).toEqual(['/shop/manage.py', 'runserver', ...flags])
    expect(env).toEqual({})
    expect(unenforced).toEqual(['proxyHeaders', 'allowedHosts'])
  })

  test.each<[string, string]>([
    ['192.168.7.7', '192.168.7.7:8000'],
    ['fd00::7', '[fd00::7]:8000'],
  ])('%s, which the app has to answer at', (host, authority) => {
    const { args, env, unenforced, reasons } = planned({}, { host, allow: ['lan-bind'] })
    expect(args).toEqual(['/shop/manage.py', 'runserver', '--noreload', authority])
    expect(env).toEqual({
      DEVLAUNCH_OVERLAY: expect.stringMatching(/^django\.conf:.*python.django_settings\.py$/),
      DEVLAUNCH_ALLOWED_HOSTS: authority,
    })
    expect(unenforced).toEqual(['proxyHeaders'])
    expect(reasons).toContainEqual({ field: 'allowedHosts', args: [], env, why: `answer to ${authority}` })
  })

  test('behind a proxy on a network it answers at the address of the proxy', () => {
    const hosts = ['192.168.7.7:8000', '127.0.0.1:8000']
    expect(planned({}, { hosts }).env).toMatchObject({ DEVLAUNCH_ALLOWED_HOSTS: '192.168.7.7:8000' })
    expect(planned({}, { hosts: ['127.0.0.1:8000'] }).env).toEqual({})
  })

  test('user arguments stand before the flags of the policy', () => {
    const { args } = planned({ args: ['--settings', 'shop.local', '-v', '2', '--nothreading'] })
    expect(args.slice(2)).toEqual([
      ...['--settings', 'shop.local', '-v', '2', '--nothreading'],
      ...['--noreload', '127.0.0.1:8000'],
    ])
  })
})

test('a hostile environment leaves no trace', () => {
  const hostile = {
    ...{ RUN_MAIN: 'true', WERKZEUG_RUN_MAIN: 'true', WERKZEUG_SERVER_FD: '3', WERKZEUG_DEBUG_PIN: 'off' },
    ...{ LISTEN_FDS: '1', LISTEN_PID: '1', LISTEN_FDNAMES: 'x' },
  }
  const clean = planned()
  const launcher = planned({}, { env: { PATH: '/bin', DJANGO_SETTINGS_MODULE: 'shop.settings', ...hostile } })
  const option = planned({ env: hostile })
  for (const { args, env, unset } of [launcher, option]) {
    expect(args).toEqual(clean.args)
    expect(env).toEqual(clean.env)
    expect(unset).toEqual(Object.keys(hostile).sort())
  }
})

describe('arguments that would move it are refused', () => {
  test.each([
    ['9000', '--port'],
    ['0.0.0.0:9000', '--port'],
    ['0.0.0.0:0', '--port'],
    ['0.0.0.0:3', '--port'],
    ['[::]:9000', '--port'],
    ['example.com:9000', '--port'],
    ['0.0.0.0:9000\n', '--port'],
    ['0.0.0.0:٩٠٠٠', '--port'],
    ['-6', '--host'],
    ['--ipv6', '--host'],
    ['--ip', '--host'],
    ['--i', '--host'],
    ['--noreload', '--no-reload'],
    ['--nor', '--no-reload'],
    ['--', 'leave it out'],
  ])('%j', (argument, hint) => {
    expect(() => planned({ args: [argument] })).toThrow(
      expect.objectContaining({ code: 'REFUSED', hint: expect.stringContaining(hint) }),
    )
  })
  test.each([
    ...['--settings=shop.local', '--pythonpath=src', '-v2', '2', '--nothreading', '--nostatic', '--insecure'],
    ...['--no-color', '--skip-checks', '--noasgi', '--http_timeout=30', 'shop.settings.v2'],
  ])('%s is passed on', (argument) => {
    expect(planned({ args: [argument] }).args).toContain(argument)
  })
})

test('a path with a NUL is no target', () => {
  expect(() => planned({ manage: 'manage.py\0' })).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

/** Lines that 3.2.25 and 6.1.3 printed; the last column: alone it means that nothing will ever listen. */
test('a debugger is refused, because it has none', () => {
  expect(() => planned({}, { debug: true })).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

describe('hints', () => {
  const thread = 'Exception in thread django-main-thread:\nTraceback (most recent call last):\n'
  test.each([
    ['CommandError: You must set settings.ALLOWED_HOSTS if DEBUG is False.', 'DEBUG = True', false],
    [
      `${thread}django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.`,
      '--env-file',
      true,
    ],
    [
      'django.core.exceptions.ImproperlyConfigured: Requested setting DEBUG, but settings are not configured. You must either define the environment variable DJANGO_SETTINGS_MODULE or call settings.configure() before accessing settings.',
      'DJANGO_SETTINGS_MODULE',
      false,
    ],
    [
      'CommandError: You have not set ASGI_APPLICATION, which is needed to run the server.',
      'take daphne out',
      false,
    ],
    [
      `${thread}django.core.exceptions.ImproperlyConfigured: WSGI application 'shop.nosuch.application' could not be loaded; Error importing module.`,
      'WSGI_APPLICATION',
      true,
    ],
    [
      `${thread}ModuleNotFoundError: No module named 'psycopg2'\ndjango.core.exceptions.ImproperlyConfigured: Error loading psycopg2 module: No module named 'psycopg2'`,
      'driver',
      true,
    ],
    [
      'django.core.exceptions.ImproperlyConfigured: Error loading psycopg2 or psycopg module',
      'driver',
      false,
    ],
    [`${thread}django.db.utils.OperationalError: no such table: auth_user`, 'migrate', true],
    [`${thread}django.db.utils.OperationalError: unable to open database file`, 'DATABASES', true],
    [
      `${thread}django.core.management.base.SystemCheckError: SystemCheckError: System check identified some issues:`,
      'system check',
      true,
    ],
    [`${thread}SyntaxError: invalid syntax`, 'correct the line', true],
    [`${thread}ModuleNotFoundError: No module named 'nosuchapp'`, 'install', true],
    [
      "django.core.exceptions.ImproperlyConfigured: 'django.db.backends.nosuch' isn't an available database backend or couldn't be imported. Check the above exception.",
      'settings',
      false,
    ],
    [
      "Invalid HTTP_HOST header: 'evil.example'. You may need to add 'evil.example' to ALLOWED_HOSTS.",
      'ALLOWED_HOSTS',
      false,
    ],
    [`${thread}AttributeError: module 'shop.asgi' has no attribute 'nope'`, 'traceback', true],
    ['SyntaxError: invalid syntax', 'correct the line', false],
    ['<title>Bad Request (400)</title>', 'ALLOWED_HOSTS', false],
  ])('%s', (output, hint, fatal) => {
    expect(django.hints.find(({ match }) => match.test(output))?.hint).toContain(hint)
    expect(django.hints.some(({ match, fatal }) => fatal && match.test(output))).toBe(fatal)
  })

  test('a good start is not taken for a failure', () => {
    const output = [
      'Watching for file changes with StatReloader',
      'Performing system checks...',
      'System check identified no issues (0 silenced).',
      'You have 18 unapplied migration(s). Your project may not work properly until you apply the migrations for app(s): admin, auth, contenttypes, sessions.',
      "Run 'python manage.py migrate' to apply them.",
      "Django version 6.1.3, using settings 'shop.settings'",
      'Starting ASGI/Daphne version 4.2.3 development server at http://127.0.0.1:41801/',
      'WARNING: This is a development server. Do not use it in a production setting. Use a production WSGI or ASGI server instead.',
    ].join('\n')
    expect(django.hints.filter(({ match }) => match.test(output))).toEqual([])
  })
})
