import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { newestPython, start } from './kit/cli.ts'
import { type Folder, project } from './kit/project.ts'
import { terminal } from './kit/screen.ts'
import { until } from './kit/until.ts'

const attack = '\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil\x1b\\link\x1b[2J\x1b[5A\x9b2J\u202e'
const encoded = '%1b%5d0;title%07%1b%5b2J%c2%9b2J%e2%80%ae'

/** Servers that are known to log what a request brought as it came. */
const servers = {
  daphne: {
    args: ['django', '--no-reload'],
    files: {
      'manage.py': [
        'import os, sys',
        'os.environ["DJANGO_SETTINGS_MODULE"] = "settings"',
        'from django.core.management import execute_from_command_line',
        'execute_from_command_line(sys.argv)',
      ].join('\n'),
      'settings.py': [
        'SECRET_KEY = "x"',
        'DEBUG = True',
        'ROOT_URLCONF = "urls"',
        'ASGI_APPLICATION = "asgi.application"',
        'INSTALLED_APPS = ["daphne"]',
      ].join('\n'),
      'asgi.py':
        'from django.core.asgi import get_asgi_application\nimport os\nos.environ["DJANGO_SETTINGS_MODULE"] = "settings"\napplication = get_asgi_application()\n',
      'urls.py': [
        'from django.http import HttpResponse',
        'from django.urls import re_path',
        'def seen(request):',
        '    print("SEEN", request.path, request.headers.get("Referer"))',
        '    return HttpResponse("hello")',
        'urlpatterns = [re_path("", seen)]',
      ].join('\n'),
    },
  },
  flask: {
    args: ['flask', 'app:app', '--no-reload'],
    files: {
      'app.py': [
        'from flask import Flask, request',
        'app = Flask(__name__)',
        '@app.route("/", defaults={"path": ""})',
        '@app.route("/<path:path>")',
        'def seen(path):',
        '    print("SEEN", path, request.headers.get("Referer"))',
        '    return "hello"',
      ].join('\n'),
    },
  },
} as const

/** A request with these bytes, which fetch() would refuse to send. */
async function send(text: string): Promise<void> {
  // the server's own line may name it before it listens there
  const port = Number(/(?:▐ Local\s+\S*?|"url":")http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1])
  for (const [path, referer] of [
    [encoded, attack],
    ['plain', attack],
  ]) {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `GET /${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nReferer: ${referer}\r\nConnection: close\r\n\r\n`,
    )
    socket.resume()
    await once(socket, 'close')
  }
}

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: what must not be found
/** Everything that a terminal would obey, but for colours and, in a terminal, the edits of a line. */
const obeyed = /\x1b(?!\[[\d;]*[mK])|[\0-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above

describe.each(Object.entries(servers))('what a request brought into the log of %s', (_, { args, files }) => {
  const words = [...args, '--python', newestPython()]
  const open = (): Promise<Folder> => project(files)

  test('does nothing in a terminal', async () => {
    await using folder = await open()
    await using screen = terminal(words, folder.path)
    await screen.shows(/Expose/)
    await send(screen.text())
    await screen.shows(/SEEN .*plain/)
    expect(screen.text()).not.toMatch(obeyed)
    expect(screen.text()).not.toMatch(/ZXZpbA/)
  })

  test.each([[[]], [['--json']]])('is not in a pipe (%j)', async (options) => {
    await using folder = await open()
    const running = start([...words, ...options], { cwd: folder.path })
    let stdout = ''
    const seen = new Promise<void>((resolve) => {
      running.stdout?.on('data', (chunk) => {
        stdout += chunk
        if (/SEEN .*plain/.test(stdout)) resolve()
      })
    })
    if (options.length === 0) await send(await until(running, /Expose/))
    else {
      await expect.poll(() => stdout, { timeout: 20_000 }).toContain('"event":"ready"')
      await send(/"event":"ready","url":"[^"]*"/.exec(stdout)?.[0] ?? '')
    }
    await seen
    running.kill('SIGINT')
    const result = await running
    const texts =
      options.length === 0
        ? [String(result.stdout), String(result.stderr)]
        : String(result.stdout)
            .split('\n')
            .map((line) => String((JSON.parse(line) as { line?: string }).line ?? line))
    for (const text of texts) expect(text).not.toMatch(obeyed)
  })
})
