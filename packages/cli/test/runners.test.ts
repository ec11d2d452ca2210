import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { marked } from '@devlaunch/testkit'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Environment, personal, runners, scripted } from './kit/runners.ts'
import { terminal } from './kit/screen.ts'

const sources = {
  'app.py': `
import atexit, signal, sys
print("PYTHON", sys.prefix, "TERMINAL", sys.stdout.isatty(), "END")
def note(text):
    with open("notes", "a") as file:
        file.write(text + " ")
def count(number, frame):
    note("interrupted")
    signal.default_int_handler(number, frame)
signal.signal(signal.SIGINT, count)
atexit.register(note, "cleaned up")
from flask import Flask
app = Flask(__name__)
@app.get("/")
def index():
    print("A LINE")
    return "hello"
`,
  'broken.py': 'import nowhere_to_be_found\n',
  'index.html': 'hello',
}

const scripts = {
  dev: 'devlaunch flask app:app --no-reload',
  broken: 'devlaunch flask broken:app --no-reload',
  files: 'devlaunch http',
}

/** Where Flask is, once it is ready. */
const local = /flask 3[\s\S]*?Local\s+\S*?(http:\/\/[\d.]+:\d+)\/[\s\S]*?Expose/

/** Every variable of ours is left out. */
const inPlaceOf = (env: Environment) => ({
  ...Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])),
  ...env,
})

const mark = () => ({ DEVLAUNCH_TEST_RUN: crypto.randomUUID() })
const left = ({ DEVLAUNCH_TEST_RUN: marker }: ReturnType<typeof mark>) =>
  marked(marker)
    .map(({ command }) => command)
    .filter((command) => !command.includes('kit/terminal.py'))

describe.for(runners)('$name', (runner) => {
  test('in a terminal: the Python of the project, each line at once, and one Ctrl-C', async () => {
    const marker = mark()
    const env = personal(marker)
    await using folder = await scripted(runner, scripts, sources, env)
    await using screen = terminal([], folder.path, inPlaceOf(env), {
      columns: 300,
      program: runner.words('dev'),
    })
    await screen.shows(/PYTHON .* END/)
    await screen.shows(local)
    expect
      .soft(screen.text())
      .toContain(`PYTHON ${join(folder.path, '.venv')} TERMINAL ${runner.terminal ? 'True' : 'False'} END`)
    const url = local.exec(screen.text())?.[1] ?? ''
    expect(await (await fetch(url)).text()).toBe('hello')
    await screen.shows(/A LINE/)
    screen.type('\x03')
    await screen.shows(/\[exit -?\d+\]/)
    expect(/\[exit (-?\d+)\]/.exec(screen.text())?.[1]).toBe(`${runner.interrupted}`)
    await expect.poll(() => left(marker)).toEqual([])
    expect(await readFile(join(folder.path, 'notes'), 'utf8')).toBe('interrupted cleaned up ')
  })

  test('nothing is left when the terminal is closed', async () => {
    const marker = mark()
    const env = personal(marker)
    await using folder = await scripted(runner, scripts, sources, env)
    await using screen = terminal([], folder.path, inPlaceOf(env), {
      columns: 300,
      program: runner.words('dev'),
    })
    await screen.shows(local)
    screen.close()
    await expect.poll(() => left(marker)).toEqual([])
  })

  test(`a server that fails: exit code ${runner.failed}`, async () => {
    const marker = mark()
    const env = personal(marker)
    await using folder = await scripted(runner, scripts, sources, env)
    const [file = '', ...words] = runner.words('broken')
    const options = { cwd: folder.path, env, extendEnv: false, reject: false, all: true } as const
    const { exitCode, all } = await execa(file, words, { ...options, stdin: 'ignore' })
    expect(all).toMatch(/No module named 'nowhere_to_be_found'/)
    expect(exitCode).toBe(runner.failed)
    await expect.poll(() => left(marker)).toEqual([])
  })

  test.for(['SIGTERM', 'SIGKILL'] as const)('nothing is left after %s', async (signal) => {
    const marker = mark()
    const env = personal(marker)
    await using folder = await scripted(runner, scripts, sources, env)
    const [file = '', ...words] = runner.words('dev')
    const options = { cwd: folder.path, env, extendEnv: false, reject: false, buffer: false } as const
    const running = execa(file, words, { ...options, stdin: 'ignore' })
    onTestFinished(() => void running.kill('SIGKILL'))
    let text = ''
    for (const stream of [running.stdout, running.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    await expect.poll(() => text).toMatch(local)
    const url = local.exec(text)?.[1] ?? ''
    expect(await (await fetch(url)).text()).toBe('hello')
    running.kill(signal)
    await expect.poll(() => left(marker)).toEqual([])
  })
})
