import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, versions } from './install.js'
import { servers } from './servers.js'
import { start, until } from './start.js'
import { tools } from './tools.js'
import { write } from './write.js'

/**
 * devlaunch beside what a user would pick instead, in one run:
 *   npm run compare -- 3            runs per cell; default 3
 *   npm run compare -- 3 --write    puts the tables into docs/guarantees.md
 */

const root = join(import.meta.dirname, '../..')
const environment = process.env.DEVLAUNCH_TEST_NEWEST ?? join(root, '.venvs/newest')
const python = join(environment, 'bin/python')
const runs = Number(process.argv[2] ?? 3)
/** The tools that are compared in everything; reusing a server only matters where there is one. */
const starters = tools.filter(({ name }) => !name.endsWith('true') || !name.startsWith('Playwright'))
/** @typedef {Awaited<ReturnType<typeof start>>} Run */

const compared = ['@playwright/test', 'concurrently', 'execa', 'start-server-and-test', 'wait-on']

install()
const text = [
  `${new Date().toISOString().slice(0, 10)}; ${versions(compared).join(', ')}; Node ${process.versions.node}; ${runs === 1 ? 'one run' : `${runs} runs`} per cell and server.`,
  await survivors(),
  await wrongServer(),
  await importError(),
].join('\n\n')
console.log(`\n${text}`)
if (process.argv.includes('--write')) write('peers', text)

/** Processes of the server that are alive 8 s after the tool's end, in how many of the runs. */
async function survivors() {
  /** @type {[string, (run: Run) => unknown][]} */
  const ends = [
    ['Ctrl-C', ({ child }) => child.stdin.write('\x03')],
    ['SIGTERM', ({ tool }) => process.kill(tool() ?? 0, 'SIGTERM')],
    ['SIGKILL', ({ tool }) => process.kill(tool() ?? 0, 'SIGKILL')],
    ['closed terminal', ({ child }) => child.stdin.end()],
  ]
  const rows = []
  for (const tool of starters) {
    const cells = []
    for (const [name, end] of ends) {
      let left = 0
      let count = 0
      for (const server of servers) {
        for (let i = 0; i < runs; i++) {
          const run = await start(tool, server, { python, terminal: true })
          if ((await run.green(30)) === undefined)
            throw new Error(`${tool.name} with ${server.name}:\n${run.output()}`)
          await new Promise((wake) => setTimeout(wake, 300))
          end(run)
          const gone = await until(8, () => run.survivors().length === 0 || undefined)
          count++
          if (!gone) left++
          run.finish()
        }
      }
      cells.push(`${left} of ${count}`)
      progress(`${tool.name}, ${name}: ${left} of ${count}`)
    }
    rows.push([tool.name, ...cells])
  }
  return (
    `Runs in which a process of the server was alive 8 s after the end of the tool (${servers.map(({ name }) => name).join(', ')}):\n\n` +
    table(['', ...ends.map(([name]) => name)], rows)
  )
}

/** Another server answers at the url before ours is started. Is it taken for ours? */
async function wrongServer() {
  const impostor = createServer((_, response) => response.end('impostor'))
  await new Promise((resolve) => impostor.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = impostor.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const rows = []
  for (const tool of tools) {
    let fooled = 0
    let count = 0
    for (const server of servers) {
      for (let i = 0; i < runs; i++) {
        const run = await start(tool, server, { python, port })
        const body = await until(15, async () => (await run.green(0)) ?? (run.ended() ? '' : undefined))
        count++
        if (body === 'impostor') fooled++
        run.finish()
      }
    }
    rows.push([tool.name, `${fooled} of ${count}`])
    progress(`${tool.name}, wrong server: ${fooled} of ${count}`)
  }
  impostor.close()
  return `Runs in which a server that was already there was taken for ours:\n\n${table(['', 'wrong server'], rows)}`
}

/** A module that the app imports is missing. How long until the tool has ended, and said so? */
async function importError() {
  const folder = mkdtempSync(join(tmpdir(), 'peers-broken-'))
  for (const name of ['main', 'app', 'wsgi', 'manage'])
    writeFileSync(join(folder, `${name}.py`), 'import not_there\n')
  const most = 20
  const rows = []
  for (const tool of starters) {
    const cells = []
    for (const server of servers) {
      const told = []
      const ended = []
      for (let i = 0; i < runs; i++) {
        const run = await start(tool, server, { python, cwd: folder })
        told.push(
          await until(most, () =>
            /No module named 'not_there'/.test(run.output()) ? run.since() : undefined,
          ),
        )
        ended.push(await until(most, () => run.ended()))
        run.finish()
      }
      cells.push(`${seconds(told)} / ${seconds(ended)}`)
      progress(`${tool.name}, import error in ${server.name}: ${cells.at(-1)}`)
    }
    rows.push([tool.name, ...cells])
  }
  rmSync(folder, { recursive: true })
  return (
    `An app that imports a module which isn't there: seconds until that is on the screen / until the tool has ended (median):\n\n` +
    table(['', ...servers.map(({ name }) => name)], rows)
  )

  /** @param {(number | undefined)[]} times */
  function seconds(times) {
    const sorted = times.map((time) => time ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
    const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
    return Number.isFinite(middle) ? (middle / 1000).toFixed(1) : `not in ${most} s`
  }
}

/** @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

/** @param {string} line */
function progress(line) {
  console.error(line)
}
