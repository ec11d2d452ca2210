import { join } from 'node:path'

/** @typedef {{ name: string, cwd: string, words: (python: string, port: number) => string[], devlaunch: string[], extra?: string[] }} Server */

const examples = join(import.meta.dirname, '../../examples')

/**
 * The same server, by its own command and by devlaunch's.
 * @type {Server[]}
 */
export const servers = [
  {
    name: 'uvicorn --reload',
    cwd: join(examples, 'fastapi'),
    words: (python, port) => [python, '-m', 'uvicorn', 'main:app', '--reload', '--port', `${port}`],
    devlaunch: ['uvicorn', 'main:app'],
  },
  {
    name: 'flask, reloading',
    cwd: join(examples, 'flask'),
    words: (python, port) => [
      python,
      '-m',
      'flask',
      '--app',
      'app:app',
      'run',
      '--reload',
      '--port',
      `${port}`,
    ],
    devlaunch: ['flask', 'app:app'],
  },
  {
    name: 'gunicorn -w 2',
    cwd: join(examples, 'wsgi'),
    words: (python, port) => [
      python,
      '-m',
      'gunicorn',
      '-w',
      '2',
      '-b',
      `127.0.0.1:${port}`,
      'wsgi:application',
    ],
    devlaunch: ['gunicorn', 'wsgi:application'],
    extra: ['--', '-w', '2'],
  },
  {
    name: 'django',
    cwd: join(examples, 'django'),
    words: (python, port) => [python, 'manage.py', 'runserver', `127.0.0.1:${port}`],
    devlaunch: ['django'],
  },
]
