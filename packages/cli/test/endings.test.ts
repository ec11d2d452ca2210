import { constants } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newestPython } from './kit/cli.ts'
import { type Folder, project } from './kit/project.ts'
import { serving } from './kit/serving.ts'

/** It ends as its request says. Python ignores SIGPIPE and SIGXFSZ, and takes SIGINT for an exception. */
const app = `
import os, signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_DFL)
    except OSError:  # those of the C library
        pass

def app(environ, start_response):
    start_response("200 OK", [])
    how, _, number = environ["QUERY_STRING"].partition("=")
    if how == "exit":
        os._exit(int(number))
    if how == "signal":
        os.kill(os.getpid(), int(number))
    return [b"hello"]
`

/** `npm run conformance` asks for all of them. */
const every = process.env.DEVLAUNCH_RUNS !== undefined
const codes = every ? Array.from({ length: 256 }, (_, code) => code) : [0, 1, 2, 77, 127, 128, 130, 137, 255]

const { SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU } = constants.signals
const harmless = [SIGCHLD, SIGCONT, SIGURG, SIGWINCH]
const stopping = [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]
/** 32 and 33 are the C library's own. */
const all = Array.from({ length: 64 }, (_, index) => index + 1).filter((each) => each !== 32 && each !== 33)
const deadly = all.filter((each) => !harmless.includes(each) && !stopping.includes(each))
const signals = every ? deadly : [1, 2, 6, 9, 11, 13, 15, 34, 64]

let folder: Folder
beforeAll(async () => {
  folder = await project({ 'app.py': app })
})
afterAll(() => folder[Symbol.asyncDispose]())

async function end(how: string) {
  const { url, running } = await serving(['wsgi', 'app:app', '--python', newestPython()], {
    cwd: folder.path,
  })
  await fetch(`${url}/?${how}`).catch(() => {}) // it ends before it has answered
  return { url, running }
}

describe.concurrent('the exit code of a server that ends after it was ready is passed on', () => {
  test.for(codes)('%i', async (code, { expect }) => {
    const { running } = await end(`exit=${code}`)
    const { exitCode, stdout } = await running
    expect(exitCode).toBe(code)
    expect(last(stdout)).toMatchObject({ event: 'exit', code, signal: null, killed: [], survivors: [] })
  })
})

describe.concurrent('a server that a signal ends gives 128 more than its number', () => {
  test.for(signals)('%i', async (signal, { expect }) => {
    const { running } = await end(`signal=${signal}`)
    const { exitCode, stdout } = await running
    expect(exitCode).toBe(128 + signal)
    expect(last(stdout)).toMatchObject({ event: 'exit', code: null, signal, killed: [], survivors: [] })
  })
})

test.for(harmless)('a server goes on after signal %i, which ends nobody', async (signal) => {
  const { url, running } = await end(`signal=${signal}`)
  expect((await fetch(url)).status).toBe(200)
  running.kill('SIGTERM')
  expect((await running).exitCode).toBe(143)
})

test.for(stopping)('a server that signal %i has stopped can be ended', async (signal) => {
  const { url, pid, running } = await serving(['wsgi', 'app:app', '--python', newestPython()], {
    cwd: folder.path,
  })
  process.kill(pid, signal)
  running.kill('SIGTERM')
  const { exitCode, stdout } = await running
  expect(exitCode).toBe(143)
  expect(last(stdout)).toMatchObject({ event: 'exit', survivors: [] })
  await expect(fetch(url)).rejects.toThrow()
})

function last(stdout: unknown) {
  return JSON.parse(String(stdout).trimEnd().split('\n').at(-1) ?? '')
}
