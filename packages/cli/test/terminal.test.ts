import { describe, expect, test } from 'vitest'
import { newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { terminal } from './kit/screen.ts'

const flask = {
  'app.py': [
    'from flask import Flask',
    'app = Flask(__name__)',
    '@app.get("/")',
    'def index():',
    '    return "hello"',
    '@app.get("/stop")',
    'def stop():',
    '    answer = 41',
    '    breakpoint()',
    '    return str(answer)',
  ].join('\n'),
}

describe('in a terminal', () => {
  test('breakpoint() in a view works, also under the reloader', async () => {
    await using folder = await project(flask)
    await using screen = terminal(['flask', 'app:app', '--reload', '--python', newestPython()], folder.path)
    await screen.shows(/Expose/)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(screen.text())?.[0]
    const answer = fetch(`${url}/stop`).then((response) => response.text())
    await screen.shows(/\(Pdb\) $/)
    screen.type('answer += 1\r')
    await screen.shows(/answer \+= 1[\r\n]+\(Pdb\) $/)
    screen.type('c\r')
    expect(await answer).toBe('42')
    screen.type('\x03')
    await screen.shows(/\[exit 130\]/)
  })

  test('Ctrl-C arrives exactly once', async () => {
    await using folder = await project({
      'app.py': [
        'import atexit, signal',
        'from flask import Flask',
        'app = Flask(__name__)',
        'def count(number, frame):',
        '    print("INTERRUPTED")',
        '    signal.default_int_handler(number, frame)',
        'signal.signal(signal.SIGINT, count)',
        'atexit.register(print, "CLEANED UP")',
      ].join('\n'),
    })
    await using screen = terminal(
      ['flask', 'app:app', '--no-reload', '--python', newestPython()],
      folder.path,
    )
    await screen.shows(/Expose/)
    screen.type('\x03')
    await screen.shows(/\[exit 130\]/)
    expect(screen.text().match(/INTERRUPTED/g)).toHaveLength(1)
    expect(screen.text()).toMatch(/CLEANED UP/)
  })

  test('the server has a terminal of the same size', async () => {
    await using folder = await project({
      'app.py':
        'import os\nprint("SIZE", *os.get_terminal_size())\nfrom flask import Flask\napp = Flask(__name__)\n',
    })
    await using screen = terminal(
      ['flask', 'app:app', '--no-reload', '--python', newestPython()],
      folder.path,
    )
    await screen.shows(/SIZE 80 24/)
    await screen.shows(/Expose/)
  })

  test('no line of ours is wider than 80 columns but for paths, and colour is off when asked', async () => {
    await using folder = await project({ 'index.html': 'hello' })
    await using screen = terminal(['http'], folder.path, { NO_COLOR: '1' })
    await screen.shows(/Expose/)
    expect(screen.text()).not.toMatch(/\[\d+m/)
  })
})

describe('on a pipe', () => {
  test("the app's first print() arrives before the app is even imported", async () => {
    await using folder = await project({
      'app.py':
        'print("FIRST")\nimport time\ntime.sleep(2)\nfrom flask import Flask\napp = Flask(__name__)\n',
    })
    const running = start(['flask', 'app:app', '--no-reload', '--python', newestPython()], {
      cwd: folder.path,
    })
    let shown = ''
    const first = new Promise<string>((resolve) => {
      running.stdout?.on('data', (chunk) => {
        shown += chunk
        if (shown.includes('FIRST')) resolve('printed')
      })
      running.stderr?.on('data', (chunk) => {
        if (String(chunk).includes('Local')) resolve('ready')
      })
    })
    expect(await first).toBe('printed')
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
  })
})
