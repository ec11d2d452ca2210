import { stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { marked } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { newestPython, start } from './kit/cli.ts'
import { debug, flask, flaskScreen, urlOn } from './kit/flask.ts'
import { project } from './kit/project.ts'
import { terminal } from './kit/screen.ts'
import { until } from './kit/until.ts'

/** In the environment of everything that is started with it. */
const marker = { DEVLAUNCH_TEST_RUN: crypto.randomUUID() }

/** What lives of it, without the terminal itself. */
const left = () =>
  marked(marker.DEVLAUNCH_TEST_RUN).filter(({ command }) => !command.includes('kit/terminal.py'))

describe('in a terminal', () => {
  test('breakpoint() in a view works, also under the reloader', async () => {
    await using folder = await project(flask)
    await using screen = flaskScreen(folder.path)
    await screen.shows(/Expose/)
    expect(await debug(screen)).toBe('42')
    screen.type('\x03')
    await screen.shows(/\[exit 130\]/)
  })

  test('breakpoint() still works after a reload of Flask, whose reloader starts it again', async () => {
    await using folder = await project(flask)
    await using screen = flaskScreen(folder.path, marker)
    await screen.shows(/Expose/)
    const url = urlOn(screen)
    const pid = async () => (await fetch(`${url}/`)).text()
    const before = await pid()
    const { mtimeMs } = await stat(join(folder.path, 'app.py'))
    await utimes(join(folder.path, 'app.py'), new Date(), new Date(mtimeMs + 2000))
    await screen.shows(/Detected change/)
    // the one that ends may still take a request
    await expect.poll(() => pid().catch(() => before), { timeout: 20_000 }).not.toBe(before)
    expect(await debug(screen)).toBe('42')
    screen.type('\x03')
    await screen.shows(/\[exit 130\]/)
    await expect.poll(left).toEqual([]) // but for the shell, which is about to end
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

describe('a start that takes its time', () => {
  const slow = {
    'app.py': 'import time\nprint("IMPORTING")\ntime.sleep(60)\n',
  }
  const args = ['flask', 'app:app', '--no-reload', '--python', newestPython()]

  test('shows the elapsed time in a terminal, and Ctrl-C calls it off', async () => {
    await using folder = await project(slow)
    await using screen = terminal(args, folder.path, marker)
    await screen.shows(/starting flask \d+\.\d s/)
    screen.type('\x03')
    await screen.shows(/\[exit 130\]/)
    await expect.poll(left).toEqual([]) // but for the shell, which is about to end
  })

  test('shows nothing of it on a pipe', async () => {
    await using folder = await project(slow)
    const running = start([...args, '--timeout', '5'], { cwd: folder.path })
    const { stderr, exitCode } = await running
    expect(stderr).not.toContain('starting flask')
    expect(exitCode).toBe(7)
  })
})

test('nothing is left when the terminal is closed', async () => {
  await using folder = await project(flask)
  await using screen = flaskScreen(folder.path, marker)
  await screen.shows(/Expose/)
  expect(left()).not.toEqual([])
  screen.close()
  await expect.poll(() => marked(marker.DEVLAUNCH_TEST_RUN)).toEqual([])
})

describe('on a pipe', () => {
  test("the app's first print() arrives before the app is even imported", async () => {
    await using folder = await project({
      'app.py': `import os, time
print("FIRST")
while not os.path.exists("seen"): time.sleep(0.01)
from flask import Flask
app = Flask(__name__)
`,
    })
    const running = start(['flask', 'app:app', '--no-reload', '--python', newestPython()], {
      cwd: folder.path,
    })
    const ready = until(running, /Expose/)
    let shown = ''
    running.stdout?.on('data', (chunk) => {
      shown += chunk
    })
    await expect.poll(() => shown).toMatch(/^FIRST\n/m)
    await writeFile(join(folder.path, 'seen'), '')
    await ready
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(130)
  })
})
