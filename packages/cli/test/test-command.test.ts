import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isTaken, marked } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { devlaunch, newestPython, start } from './kit/cli.ts'
import { type Folder, project } from './kit/project.ts'
import { terminal } from './kit/screen.ts'

const node = process.execPath
const python = ['--python', newestPython()]

/** Tells what it was told, and what the servers say. */
const check = `
const told = Object.entries(process.env).filter(([name]) => /^DEVLAUNCH_(?!TEST_)/.test(name)).sort()
const answers = []
for (const [name, value] of told) if (name.endsWith('_URL')) answers.push(await (await fetch(value)).text())
console.log(JSON.stringify({ told: Object.fromEntries(told), answers }))
`

/** Lives until it is asked to end, says so, and needs a moment for it. \`ready\` is written when it runs. */
const waits = `
import { writeFileSync } from 'node:fs'
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, async () => {
    const answer = await fetch(process.env.DEVLAUNCH_URL).then(({ status }) => status, () => 'nobody')
    console.log('ASKED ' + name + ', the server says ' + answer)
    setTimeout(() => process.exit(0), 300)
  })
setInterval(() => {}, 1000)
writeFileSync('ready', String(process.pid))
`

/** Ignores everything that can be, and has a daemon that does too. */
const stubborn = `
import os, signal, time
for number in (1, 2, 15):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
else:
    os.wait()
    open("ready", "w").write("yes")
time.sleep(1000)
`

const wsgi = (before = '', view = '') => `${before}
def app(environ, start_response):
    ${view || 'pass'}
    start_response("200 OK", [])
    return [b"hello from wsgi"]
`

const files = {
  'index.html': 'hello from http',
  'app.py': wsgi('print("IMPORTED")'),
  'check.mjs': check,
  'waits.mjs': waits,
  'stubborn.py': stubborn,
}

/** In the environment of everything that is started with it. */
const mark = () => ({ DEVLAUNCH_TEST_RUN: crypto.randomUUID() })
const left = ({ DEVLAUNCH_TEST_RUN: marker }: ReturnType<typeof mark>) =>
  marked(marker).filter(({ command }) => !command.includes('kit/terminal.py'))

const isThere = (folder: Folder, file: string) => readFile(join(folder.path, file), 'utf8').catch(() => '')

describe('the command', () => {
  test('is told where the server is, finds it there, and is all that is seen', async () => {
    await using folder = await project(files)
    const env = mark()
    const { code, stdout, stderr } = await devlaunch(['test', 'http', '--', node, 'check.mjs'], {
      cwd: folder.path,
      env,
    })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const { told, answers } = JSON.parse(stdout)
    const { DEVLAUNCH_URL: url, DEVLAUNCH_PORT: port } = told
    expect(told).toEqual({
      ...{ DEVLAUNCH_URL: `http://127.0.0.1:${port}`, DEVLAUNCH_PORT: port, DEVLAUNCH_HOST: '127.0.0.1' },
      ...{ DEVLAUNCH_HTTP_URL: url, DEVLAUNCH_HTTP_PORT: port, DEVLAUNCH_HTTP_HOST: '127.0.0.1' },
    })
    expect(answers).toEqual(['hello from http', 'hello from http'])
    expect(port).not.toBe('8000') // any free one: tests run beside what is developed
    expect(isTaken(Number(port))).toBe(false)
    expect(left(env)).toEqual([])
  })

  test('has several servers behind --and, each with its own options', async () => {
    await using folder = await project({ ...files, 'other/index.html': 'the other' })
    const words = ['test', 'wsgi', 'app:app', ...python, '--and', 'http', '--and', 'http', 'other']
    const { stdout, stderr, code } = await devlaunch([...words, '--', node, 'check.mjs'], {
      cwd: folder.path,
    })
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    const { told, answers } = JSON.parse(stdout)
    expect(told.DEVLAUNCH_URL).toBe(told.DEVLAUNCH_WSGI_URL)
    // in the order of the names: HTTP_2, HTTP, the first, WSGI
    expect(answers).toEqual(['the other', 'hello from http', 'hello from wsgi', 'hello from wsgi'])
  })

  test('is found as in a script of npm, and gets stdin and its arguments as they are', async () => {
    await using folder = await project({
      ...files,
      'package/node_modules/.bin/mine': `#!${node}
process.stdin.on('data', (text) => console.log(JSON.stringify([String(text), ...process.argv.slice(2)])))
`,
      'package/src/index.html': '',
    })
    await chmod(join(folder.path, 'package/node_modules/.bin/mine'), 0o755)
    const args = ['a b', '$HOME', '--', '--and', "it's"]
    const { stdout } = await devlaunch(['test', 'http', '--', 'mine', ...args], {
      cwd: join(folder.path, 'package/src'),
      input: 'typed',
    })
    expect(JSON.parse(stdout)).toEqual(['typed', ...args])
  })

  test('finds the server of the project where none is named', async () => {
    await using folder = await project({ 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' })
    const { stdout } = await devlaunch(
      ['test', ...python, '--', node, '-p', 'process.env.DEVLAUNCH_FLASK_URL'],
      {
        cwd: folder.path,
      },
    )
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })
})

describe.concurrent('the exit code is that of the command', () => {
  test.for([
    ['process.exit(0)', 0],
    ['process.exit(1)', 1],
    ['process.exit(3)', 3],
    ['process.exit(255)', 255],
    ['process.kill(process.pid, "SIGTERM")', 143],
    ['process.kill(process.pid, "SIGKILL")', 137],
    ['process.kill(process.pid, "SIGINT")', 130],
  ] as const)('%s: %i', async ([script, code], { expect }) => {
    await using folder = await project(files)
    const words = [
      'test',
      'http',
      '--logs',
      'never',
      '--',
      node,
      '-e',
      `${script}; setTimeout(() => {}, 9000)`,
    ]
    expect(await devlaunch(words, { cwd: folder.path })).toEqual({ code, stdout: '', stderr: '' })
  })
})

describe('a command that cannot be run', () => {
  test.for([
    ['nowhere', 127, /there is no command nowhere\n.*do +check the name/],
    ['', 127, /there is no command ""\n/],
    ['./nowhere', 127, /there is no file \.\/nowhere/],
    ['npm test', 127, /there is no command npm test\n.*do +leave out the quotes/],
    ['./index.html', 126, /index\.html can't be run: it is not executable/],
  ] as const)('%s: %i, before any server is started', async ([word, code, text]) => {
    await using folder = await project(files)
    const ended = await devlaunch(['test', 'wsgi', 'app:app', ...python, '--logs=always', '--', word], {
      cwd: folder.path,
    })
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(text) })
    expect(ended.stderr).not.toContain('IMPORTED')
  })

  test('because what should run it is missing: 126, and the servers are stopped', async () => {
    await using folder = await project({ ...files, broken: '#!/nowhere/interpreter\n' })
    await chmod(join(folder.path, 'broken'), 0o755)
    const env = mark()
    const { code, stderr } = await devlaunch(['test', 'http', '--', './broken'], { cwd: folder.path, env })
    expect(stderr).toMatch(/broken can't be run: No such file or directory/)
    expect(code).toBe(126)
    expect(left(env)).toEqual([])
  })
})

test('a file without #! is a script for sh, as everywhere', async () => {
  await using folder = await project({ ...files, plain: 'echo "$1 $DEVLAUNCH_HOST"\n' })
  await chmod(join(folder.path, 'plain'), 0o755)
  const { stdout } = await devlaunch(['test', 'http', '--', './plain', 'a b'], { cwd: folder.path })
  expect(stdout).toBe('a b 127.0.0.1')
})

describe('what the servers print', () => {
  const both = ['test', 'wsgi', 'app:app', ...python, '--and', 'http']
  const ask = `await fetch(process.env.DEVLAUNCH_HTTP_URL + '/asked'); console.log('THE TEST')`

  test('is shown when the command fails, below a line for each server', async () => {
    await using folder = await project(files)
    const words = [...both, '--', node, '--input-type=module', '-e', `${ask}; process.exit(1)`]
    const { code, stdout, stderr } = await devlaunch(words, { cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'THE TEST' })
    expect(stderr).toMatch(
      /▐ log of wsgi \(http:[^\n]+\)\n(?:[^▐]*\n)?IMPORTED\n[^▐]*▐ log of http \(http:[^\n]+\)\n[^▐]*GET \/asked/,
    )
  })

  test('is not shown with --logs never, nor when all goes well', async () => {
    await using folder = await project(files)
    const silent = await devlaunch([...both, '--', node, '-e', ''], { cwd: folder.path })
    expect(silent).toEqual({ code: 0, stdout: '', stderr: '' })
    const words = ['test', '--logs', 'never', ...both.slice(1), '--', node, '-e', 'process.exit(1)']
    expect(await devlaunch(words, { cwd: folder.path })).toEqual({ code: 1, stdout: '', stderr: '' })
  })

  test('is shown as it comes with --logs always, with the name where there are several', async () => {
    await using folder = await project(files)
    const words = ['test', '--logs=always', ...both.slice(1), '--', node, '--input-type=module', '-e', ask]
    const { stderr } = await devlaunch(words, { cwd: folder.path })
    expect(stderr).toMatch(/^wsgi \| IMPORTED$/m)
    expect(stderr).toMatch(/^http \| .*GET \/asked/m)
    const one = ['test', 'wsgi', 'app:app', ...python, '--logs', 'always', '--', node, '-e', '']
    expect((await devlaunch(one, { cwd: folder.path })).stderr).toMatch(/^IMPORTED$/m)
  })

  test('is kept up to a bound, the last of it', async () => {
    const view = 'print("x" * 1_000_000, flush=True); print("THE LAST", flush=True)'
    await using folder = await project({ ...files, 'app.py': wsgi('', view) })
    const script = `await fetch(process.env.DEVLAUNCH_URL).then((answer) => answer.text()); process.exit(1)`
    const words = ['test', 'wsgi', 'app:app', ...python, '--', node, '--input-type=module', '-e', script]
    const { stderr } = await devlaunch(words, { cwd: folder.path })
    expect(stderr).toMatch(/the last lines of it/)
    expect(stderr).toMatch(/^THE LAST$/m)
    expect(stderr.length).toBeLessThan(600_000)
  })
})

describe('a server that cannot start', () => {
  test('prints its traceback first, then the reason; the command is never run, and no other server is left', async () => {
    await using folder = await project({ ...files, 'broken.py': 'import nowhere_to_be_found\n' })
    const env = mark()
    const words = ['test', 'http', '--and', 'flask', 'broken:app', ...python, '--', node, 'check.mjs']
    const { code, stdout, stderr } = await devlaunch(words, { cwd: folder.path, env })
    expect(stdout).toBe('')
    expect(code).toBe(6)
    expect(stderr).toMatch(
      /Traceback[\s\S]*No module named 'nowhere_to_be_found'[\s\S]*▐ error FAILED: [^\n]*nowhere_to_be_found[^\n]*\n▐ command/,
    )
    expect(left(env)).toEqual([])
  })

  test.for([
    [['test', 'flask', 'app:app'], /no command to run\n.*do +put it behind --/, 2],
    [['test', 'flaks', '--', 'true'], /there is no server "flaks"/, 2],
    [['test', 'http', '--lan', '--', 'true'], /--lan makes no sense with devlaunch test/, 2],
    [['test', 'http', '--and', 'http', '--open', '--', 'true'], /--open makes no sense/, 2],
    [['test', 'http', '--replace', '--', 'true'], /--replace makes no sense/, 2],
    [['test', 'http', '--and', '--', 'true'], /nothing stands behind --and/, 2],
    [
      ['test', 'http', '--port=9', '--strict-port', '--and', 'http', '--port=9', '--', 'true'],
      /two servers want port 9, and one of them no other/,
      2,
    ],
    [['test', 'http', '--logs', 'sometimes', '--', 'true'], /--logs "sometimes" is no time/, 2],
    [['test', 'script', '--', 'true'], /script has no place for its own command here/, 2],
    [['http', '--and', 'http'], /--and is for devlaunch test/, 2],
    [['http', '--logs', 'never'], /--logs is for devlaunch test/, 2],
    [['test', 'http', '--host', '0.0.0.0', '--', 'true'], /REFUSED.*public-bind/, 3],
  ] as const)('%j', async ([words, text, code]) => {
    await using folder = await project(files)
    const ended = await devlaunch(words, { cwd: folder.path })
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(text) })
  })

  test('--dry-run shows what would be started, and starts nothing', async () => {
    await using folder = await project(files)
    const words = [
      'test',
      'http',
      '--dry-run',
      '--and',
      'flask',
      'app:app',
      ...python,
      '--',
      'nowhere',
      'a b',
    ]
    const { code, stdout } = await devlaunch(words, { cwd: folder.path })
    expect(code).toBe(0)
    expect(stdout).toMatch(/http\.server[\s\S]*-m flask[\s\S]*# then: \["nowhere","a b"\]$/)
    expect(stdout).not.toContain('--reload')
  })
})

describe('a server that ends while the command runs', () => {
  const dies = wsgi('import os', 'if environ["PATH_INFO"] == "/die": os._exit(3)')
  const script = `${waits}\nawait fetch(process.env.DEVLAUNCH_URL + '/die').catch(() => {})`

  test('is told with its log, and the command is ended', async () => {
    await using folder = await project({
      ...files,
      'app.py': `print("IMPORTED")\n${dies}`,
      'script.mjs': script,
    })
    const env = mark()
    const words = ['test', 'wsgi', 'app:app', ...python, '--and', 'http', '--', node, 'script.mjs']
    const { code, stdout, stderr } = await devlaunch(words, { cwd: folder.path, env })
    expect(stderr).toMatch(
      /log of wsgi[\s\S]*IMPORTED[\s\S]*wsgi ended by itself: exit code 3[\s\S]*Ending the command/,
    )
    expect(stdout).toContain('ASKED SIGTERM, the server says nobody')
    expect(code).toBe(6)
    expect(left(env)).toEqual([])
  })

  test('a command that ignores SIGTERM is killed with its daemon', async () => {
    await using folder = await project({ ...files, 'app.py': dies })
    const env = mark()
    const words = [
      'test',
      'wsgi',
      'app:app',
      ...python,
      '--',
      newestPython(),
      '-c',
      `
import os, signal, urllib.request
signal.signal(signal.SIGTERM, signal.SIG_IGN)
try: urllib.request.urlopen(os.environ["DEVLAUNCH_URL"] + "/die")
except OSError: exec(open("stubborn.py").read())`,
    ]
    const { code, stderr } = await devlaunch(words, { cwd: folder.path, env })
    expect(stderr).toMatch(/▐ The command goes on\. It gets SIGTERM now, and SIGKILL in 5 s/)
    expect(code).toBe(6)
    expect(left(env)).toEqual([])
  })
})

describe('a signal', () => {
  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s is passed on to the command; when it has ended, the server is stopped',
    async ([name, code]) => {
      await using folder = await project(files)
      const env = mark()
      const running = start(['test', 'http', '--', node, 'waits.mjs'], { cwd: folder.path, env })
      await expect.poll(() => isThere(folder, 'ready')).not.toBe('')
      running.kill(name)
      const { exitCode, stdout, stderr } = await running
      expect(stdout).toBe(`ASKED ${name}, the server says 200`)
      expect(exitCode).toBe(code)
      expect(stderr).toBe('')
      expect(left(env)).toEqual([])
    },
  )

  test('that comes while a server starts calls it off, and the command is never run', async () => {
    await using folder = await project({
      ...files,
      'slow.py': 'open("ready", "w").write("x")\nimport time\ntime.sleep(60)\n',
    })
    const env = mark()
    const words = ['test', 'http', '--and', 'flask', 'slow:app', ...python, '--', node, 'check.mjs']
    const running = start(words, { cwd: folder.path, env })
    await expect.poll(() => isThere(folder, 'ready')).not.toBe('')
    running.kill('SIGTERM')
    expect(await running).toMatchObject({ exitCode: 143, stdout: '', stderr: '' })
    expect(left(env)).toEqual([])
  })

  test('Ctrl-C in a terminal reaches the command once, which has the terminal', async () => {
    await using folder = await project(files)
    const env = mark()
    const script = `console.log('TTY ' + process.stdin.isTTY + ' ' + process.stdout.isTTY)\n${waits}\nconsole.log('WAITS')`
    const words = ['test', 'http', '--', node, '--input-type=module', '-e', script]
    await using screen = terminal(words, folder.path, env)
    await screen.shows(/TTY true true/)
    await screen.shows(/WAITS/)
    screen.type('\x03')
    await screen.shows(/\[exit 130\]/)
    expect(screen.text().match(/ASKED \w+/g)).toEqual(['ASKED SIGINT'])
    expect(screen.text()).toContain('the server says 200')
    await expect.poll(() => left(env)).toEqual([])
  })

  test('SIGKILL of the command line leaves neither the server nor the command, not even its daemon', async () => {
    await using folder = await project(files)
    const env = mark()
    const running = start(['test', 'http', '--', newestPython(), 'stubborn.py'], { cwd: folder.path, env })
    await expect.poll(() => isThere(folder, 'ready')).not.toBe('')
    expect(left(env).filter(({ command }) => command.includes('stubborn.py')).length).toBeGreaterThan(1)
    running.kill('SIGKILL')
    await running
    await expect.poll(() => left(env)).toEqual([])
  })
})

test('a daemon that a command leaves which ends by itself goes on', async () => {
  await using folder = await project(files)
  const script = `
import os, time
if os.fork() == 0:
    os.setsid()
    os.closerange(0, 3)
    open("ready", "w").write(str(os.getpid()))
    time.sleep(1000)
while not os.path.exists("ready"): time.sleep(0.01)`
  const { code } = await devlaunch(['test', 'http', '--', newestPython(), '-c', script], { cwd: folder.path })
  expect(code).toBe(0)
  await expect.poll(() => isThere(folder, 'ready')).not.toBe('')
  process.kill(Number(await isThere(folder, 'ready')), 'SIGKILL') // throws, if there is no such process
})
