import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { freePort } from '../../packages/testkit/src/free-port.ts'
import { marked } from '../../packages/testkit/src/kernel.ts'

const terminal = join(import.meta.dirname, '../../packages/cli/test/kit/terminal.py')

/** What is to be ended, whatever happens to us. @type {Set<() => void>} */
const unfinished = new Set()
process.on('exit', () => {
  for (const finish of unfinished) finish()
})
// a signal alone would leave what the others leave
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

/**
 * Starts a server by a tool, as the foreground job of a pseudo-terminal or with pipes.
 * @param {import('./tools.js').Tool} tool
 * @param {import('./servers.js').Server} server
 * @param {{ python: string, cwd?: string, port?: number, terminal?: boolean, env?: Record<string, string> }} options
 */
export async function start(tool, server, options) {
  const port = options.port ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'peers-'))
  const file = join(folder, 'answer')
  const { devlaunch, extra = [] } = server
  const cwd = options.cwd ?? server.cwd
  const task = {
    ...{ cwd, port, file, extra, url: `http://127.0.0.1:${port}/` },
    words: server.words(options.python, port),
    devlaunch: [...devlaunch, '--python', options.python],
  }
  const mark = `PEER_RUN=${randomUUID()}`
  const command = [process.execPath, tool.script, ...tool.args(task)]
  const [program = '', ...args] = options.terminal ? ['python3', terminal, '100', ...command] : command
  const { CI, ...env } = process.env
  const started = performance.now()
  const child = spawn(program, args, {
    cwd,
    env: { ...env, PEER_RUN: mark.slice(9), ...tool.env?.(task), ...options.env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (/** @type {Buffer} */ chunk) => {
      output += stripVTControlCharacters(chunk.toString())
    })
  }
  let ended = /** @type {number | undefined} */ (undefined)
  child.on('exit', () => {
    ended = performance.now() - started
  })

  /** What answered when the tool called it ready; `undefined` if it never did. @param {number} seconds */
  const green = (seconds) =>
    until(seconds, async () => {
      const url = tool.ready?.exec(output)?.[1]
      if (url) return (await fetch(url)).text()
      return existsSync(file) ? readFileSync(file, 'utf8') || undefined : undefined
    })
  const finish = () => {
    unfinished.delete(finish)
    for (const { pid } of marked(mark)) kill(pid)
    rmSync(folder, { recursive: true, force: true })
  }
  unfinished.add(finish)
  return {
    port,
    child,
    finish,
    green,
    output: () => output,
    /** Milliseconds from the start to its end, as long as nobody has ended it. */
    ended: () => ended,
    since: () => performance.now() - started,
    /** The tool's own process. */
    tool: () =>
      marked(mark).find(({ command }) => command.startsWith(`${process.execPath} ${tool.script} `))?.pid,
    /** What a test has noted. */
    notes: () => (existsSync(file) ? readFileSync(file, 'utf8') : ''),
    /** Lets a test end that waits for it. */
    go: () => writeFileSync(`${file}-go`, ''),
    /** Has the server's own clean-up run? */
    cleaned: () => existsSync(`${file}-cleaned`),
    /** When it was started, as `performance` in other processes tells the time. */
    startedAt: performance.timeOrigin + started,
    /** Every process that is alive, the tool's own included. */
    all: () => marked(mark),
    /** The server's processes that are alive. */
    survivors: () =>
      marked(mark)
        .filter(({ command }) => command.startsWith(`${options.python} `))
        .map(({ pid }) => pid),
  }
}

/** @template Value @param {number} seconds @param {() => Value | undefined | Promise<Value | undefined>} ask */
export async function until(seconds, ask) {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const value = await ask()
    if (value !== undefined || performance.now() > deadline) return value
    await new Promise((wake) => setTimeout(wake, 10))
  }
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}
