import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listening } from '../../testkit/src/kernel.ts'
import { command, newestPython } from './kit/cli.ts'
import { type Folder, project } from './kit/project.ts'
import { type Serving, serving } from './kit/serving.ts'

const app = `
import os
def app(environ, start_response):
    start_response("200 OK", [])
    return [open("/proc/self/status", "rb").read()]
`
/** Its clean-up takes longer than the test needs to send its signals. */
const slow = `
import atexit, time
from app import app
atexit.register(time.sleep, 0.45)
`
let folder: Folder
beforeAll(async () => {
  folder = await project({ 'app.py': app, 'slow.py': slow })
})
afterAll(() => folder[Symbol.asyncDispose]())

const args = ['wsgi', 'app:app', '--python', newestPython()]
const ready = (words = args) => serving(words, { cwd: folder.path })

function alive({ pid }: Serving): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The signals that it hasn't been given yet, as a set of bits. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function waiting(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number.parseInt(/^ShdPnd:\s*(\w+)/m.exec(status)?.[1] ?? '', 16)
}

async function expectEnded(server: Serving): Promise<void> {
  await expect.poll(() => alive(server)).toBe(false)
  await expect(fetch(server.url)).rejects.toThrow()
}

describe('a signal to the command line ends the server with it', () => {
  test.for([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: with its clean-up, and exit code %i', async ([signal, code]) => {
    const server = await ready()
    server.running.kill(signal)
    expect((await server.running).exitCode).toBe(code)
    await expectEnded(server)
  })

  test.for(['SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGKILL', 'SIGABRT'] as const)(
    '%s: as any program, and the guard sees to the rest',
    async (name) => {
      const server = await ready()
      server.running.kill(name)
      expect((await server.running).signal).toBe(name)
      await expectEnded(server)
    },
  )

  test.for([
    [['SIGINT', 'SIGTERM'], 130],
    [['SIGTERM', 'SIGINT'], 143],
    [['SIGHUP', 'SIGTERM', 'SIGINT'], 129],
  ] as const)('%j at once: the first one decides about the exit code', async ([signals, code]) => {
    const server = await ready(['wsgi', 'slow:app', '--python', newestPython()])
    // signals that wait at the same time are delivered in the order of their numbers
    for (const signal of signals) {
      server.running.kill(signal)
      await expect.poll(() => waiting(server.running.pid), { interval: 1 }).toBe(0)
    }
    expect((await server.running).exitCode).toBe(code)
    await expectEnded(server)
  })
})

describe('a signal that means nothing to it is not heard', () => {
  test.for(['SIGPIPE', 'SIGWINCH', 'SIGUSR1', 'SIGCONT', 'SIGCHLD', 'SIGURG'] as const)(
    '%s',
    async (signal) => {
      const server = await ready()
      server.running.kill(signal)
      expect((await fetch(server.url)).status).toBe(200)
      const launcher = { pid: server.running.pid ?? 0, command: '', started: '' }
      expect(listening([launcher])).toEqual([]) // Node's debugger would, after SIGUSR1
      server.running.kill('SIGTERM')
      expect((await server.running).exitCode).toBe(143)
    },
  )
})

test('SIGTSTP stops the command line; the server is still watched, and ended after SIGCONT', async () => {
  const server = await ready()
  server.running.kill('SIGTSTP')
  expect((await fetch(server.url)).status).toBe(200)
  server.running.kill('SIGTERM')
  server.running.kill('SIGCONT')
  expect((await server.running).exitCode).toBe(143)
  await expectEnded(server)
})

/** SigBlk, SigIgn and SigCgt of a server, as it says itself. */
async function masks(url: string): Promise<Record<string, string>> {
  return maskLines(await (await fetch(url)).text())
}

/** The same server, started by a shell and nothing else. */
async function bare(): Promise<Record<string, string>> {
  const program = 'import sys; sys.path.insert(0, "."); import app; print(open("/proc/self/status").read())'
  const { stdout } = await execa(newestPython(), ['-c', program], { cwd: folder.path })
  return maskLines(stdout)
}

/** Without 32 and 33, which the C library takes for itself when a process has threads. */
function maskLines(status: string): Record<string, string> {
  const lines = status.matchAll(/^(Sig(?:Blk|Ign|Cgt)):\s*(\w+)/gm)
  const seen = (mask = '') => (BigInt(`0x${mask}`) & ~(3n << 31n)).toString(16)
  return Object.fromEntries([...lines].map(([, name, mask]) => [name, seen(mask)]))
}

describe('the server gets the signals as a shell would give them, whatever the launcher inherited', () => {
  const ignoring = (names: string) => `trap '' ${names}; exec "$@"`
  test.for([
    ['as usual', 'exec "$@"'],
    ['SIGINT and SIGQUIT ignored, as of a job in the background', ignoring('INT QUIT')],
    ['everything ignored', ignoring('HUP INT QUIT USR1 USR2 PIPE ALRM TERM TSTP TTIN TTOU WINCH CHLD')],
    [
      'blocked',
      'exec python3 -c "import os, signal, sys; signal.pthread_sigmask(0, range(1, 65)); os.execvp(sys.argv[1], sys.argv[1:])" "$@"',
    ],
  ] as const)('%s', async ([, script]) => {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const words = [...command, '--json', '--port', `${port}`, ...args]
    const running = execa('bash', ['-c', script, 'bash', ...words], {
      cwd: folder.path,
      reject: false,
      stdin: 'ignore',
    })
    const url = await new Promise<string>((resolve, reject) => {
      let shown = ''
      running.stdout.on('data', (chunk) => {
        shown += chunk
        const found = /"event":"ready","url":"([^"]+)"/.exec(shown)?.[1]
        if (found) resolve(found)
      })
      void running.then(({ stderr, stdout }) => reject(new Error(stdout + stderr)))
    })
    expect(await masks(url)).toEqual(await bare())
    running.kill('SIGKILL')
    await running
    await expect
      .poll(() =>
        fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      )
      .toBe('gone')
  })
})
