import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, versions } from '../conformance/peers/install.js'
import { start, until } from '../conformance/peers/start.js'
import { testers } from '../conformance/peers/testers.js'
import { write } from '../conformance/peers/write.js'
import { isTaken, survivors } from '../packages/testkit/src/kernel.ts'
import { median } from './measure.js'
import { servers as all } from './servers.js'

/**
 * `devlaunch test` beside what a user would pick instead: one test, and a server for it.
 *   npm run bench -- tests 5            rounds; default 5
 *   npm run bench -- tests 5 --write    puts the tables into docs/guarantees.md
 */

/** @typedef {(typeof testers)[number]} Tester */
/** @typedef {import('../conformance/peers/servers.js').Server} Server */
/** @typedef {Awaited<ReturnType<typeof start>>} Run */
/** @typedef {{ name: string, values: number[] }} Row one value for each server, in milliseconds */

const root = join(import.meta.dirname, '..')
const environment = process.env.DEVLAUNCH_TEST_NEWEST ?? join(root, '.venvs/newest')
const python = join(environment, 'bin/python')
const rounds = Number(process.argv.find((word) => /^[1-9]\d*$/.test(word)) ?? 5)

/** Seconds: for a test to begin, for everything to end after it, for who is left, and for a start that fails. */
const most = { begin: 60, end: 10, left: 8, fail: 40 }

/** What is added to each app: does it get to clean up? The first test's file tells. */
const atExit = `
import atexit, os
atexit.register(lambda: open(os.environ['TEST_FILE'] + '-cleaned', 'w').close())
`
const apps = /** @type {const} */ ({ flask: 'app.py', django: 'shop/wsgi.py', uvicorn: 'main.py' })
const folder = mkdtempSync(join(tmpdir(), 'testers-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Without a reloader everywhere, as devlaunch has it in tests. @type {Server[]} */
const servers = all.flatMap(({ name, cwd, target, bare }) => {
  const app = Object.entries(apps).find(([each]) => each === name)?.[1]
  if (!app) return []
  const copy = join(folder, name)
  cpSync(join(root, cwd), copy, { recursive: true })
  appendFileSync(join(copy, app), atExit)
  return { name, cwd: copy, words: (file, port) => [file, ...bare(port)], devlaunch: [name, ...target] }
})
const names = servers.map(({ name }) => name)

install()
const [load = 0] = loadavg()
const ended = new Map(testers.map(({ name }) => [name, { left: 0, cleaned: 0, of: 0 }]))
const text = [await heading(), ...(await times()), await leftovers(), await importErrors()].join('\n\n')
console.log(`\n${text}`)
if (process.argv.includes('--write')) write('testers', text)

async function heading() {
  const list = `import importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in ('Flask', 'Django', 'uvicorn')), sep=', ')`
  const theirs = execFileSync(python, ['-c', list], { encoding: 'utf8' }).trim()
  const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'))
  const tools = versions([...new Set(testers.flatMap(({ packages }) => packages))]).join(', ')
  const busy = load > 1 ? ` **On a busy machine**, load ${load.toFixed(1)}: compare, don't quote.` : ''
  return (
    `${new Date().toISOString().slice(0, 10)}; devlaunch ${version}, ${tools};\nNode ${process.versions.node}; ${theirs}.\n` +
    `Median of ${rounds} interleaved rounds; in brackets the ratio to the best.${busy}`
  )
}

/** From the start of the command to the test, and from the test to the end of all. */
async function times() {
  /** @type {Map<string, { first: number[], stop: number[] }>} */
  const taken = new Map()
  const key = (/** @type {Tester} */ tester, /** @type {Server} */ server) => `${tester.name} ${server.name}`
  for (let round = 0; round <= rounds; round++) {
    for (const server of servers) {
      for (const tester of testers) {
        const time = await timeOne(tester, server)
        if (round === 0) continue // caches
        const found = taken.get(key(tester, server)) ?? { first: [], stop: [] }
        found.first.push(time.first)
        found.stop.push(time.stop)
        taken.set(key(tester, server), found)
        const count = ended.get(tester.name)
        if (count) {
          count.of++
          if (time.stop === Number.POSITIVE_INFINITY) count.left++
          if (time.cleaned) count.cleaned++
        }
      }
    }
    progress(`times: ${round} of ${rounds} rounds`)
  }
  /** @param {'first' | 'stop'} what @returns {Row[]} */
  const rows = (what) =>
    testers.map((tester) => ({
      name: tester.name,
      values: servers.map((server) => median(taken.get(key(tester, server))?.[what] ?? [])),
    }))
  return [
    `From the start of the command to the first line of the test, ms:\n\n${compared(rows('first'))}`,
    `From the last line of the test until the tool and every process of the server have ended,\nand the port is free, ms:\n\n${compared(rows('stop'))}`,
  ]
}

/** @param {Tester} tester @param {Server} server */
async function timeOne(tester, server) {
  const run = await start(tester, server, { python })
  await begun(run, `${tester.name} with ${server.name}`)
  const lives = run.all()
  run.go()
  let stop = Number.POSITIVE_INFINITY
  const deadline = performance.now() + most.end * 1000
  while (stop === Number.POSITIVE_INFINITY && performance.now() < deadline) {
    const now = performance.timeOrigin + performance.now()
    if (run.ended() !== undefined && survivors(lives).length === 0 && !isTaken(portOf(run))) stop = now
    else await new Promise((wake) => setTimeout(wake, 2))
  }
  const first = noted(run, 'began') - run.startedAt
  const result = { first, stop: stop - noted(run, 'ended'), cleaned: run.cleaned() }
  run.finish()
  return result
}

/** Processes of the server that are alive some seconds later. The next ones are started meanwhile. */
async function leftovers() {
  /** @type {[string, Record<string, string>, (run: Run) => unknown][]} */
  const ends = [
    ['fails', { TEST_FAILS: 'yes' }, ({ go }) => go()],
    ['SIGTERM', {}, ({ child }) => child.kill('SIGTERM')],
    ['SIGKILL', {}, ({ child }) => child.kill('SIGKILL')],
  ]
  const rows = []
  for (const tester of testers) {
    const { left, cleaned, of } = ended.get(tester.name) ?? { left: 0, cleaned: 0, of: 0 }
    const cells = []
    for (const [, env, end] of ends) {
      const runs = await Promise.all(servers.map((server) => start(tester, server, { python, env })))
      await Promise.all(runs.map((run) => begun(run, tester.name)))
      for (const run of runs) end(run)
      cells.push(
        Promise.all(runs.map(remains)).then((all) => `${all.filter((each) => each).length} of ${all.length}`),
      )
    }
    rows.push(Promise.all([tester.name, `${cleaned} of ${of}`, `${left} of ${of}`, ...cells]))
    progress(`left: ${tester.name}`)
  }
  return leftTable(
    ends.map(([name]) => name),
    await Promise.all(rows),
  )
}

/** Is a process of the server alive some seconds after the end of the tool? @param {Run} run */
async function remains(run) {
  await until(most.end, () => run.ended())
  const gone = await until(most.left, () => run.survivors().length === 0 || undefined)
  run.finish()
  return !gone
}

/** @param {string[]} ends @param {string[][]} rows */
function leftTable(ends, rows) {
  const worse = rows[0]?.slice(2).some((cell) => !cell.startsWith('0 '))
  return (
    `Runs in which the server's own clean-up (\`atexit\`) ran after a test that passes, and runs in\nwhich a process of the server was alive ${most.left} s after the end of the tool:\n\n` +
    `${table(['', 'cleaned up', 'left: passes', ...ends.map((name) => `left: ${name}`)], rows)}\n\n` +
    `devlaunch leaves ${worse ? '**something**' : 'nothing'}.`
  )
}

/** A module that the app imports is missing: what a user sees, and when. */
async function importErrors() {
  const broken = mkdtempSync(join(folder, 'broken-'))
  for (const name of ['main', 'app', 'manage'])
    writeFileSync(join(broken, `${name}.py`), 'import not_there\n')
  /** @type {Map<string, { told: number, ended: number, code: number | string, lines: number }[]>} */
  const seen = new Map()
  const tries = Math.ceil(rounds / 2)
  for (let round = 0; round < tries; round++) {
    for (const server of servers) {
      for (const tester of testers) {
        const key = `${tester.name} ${server.name}`
        seen.set(key, [...(seen.get(key) ?? []), await failOne(tester, server, broken)])
      }
    }
    progress(`import error: ${round + 1} of ${tries} rounds`)
  }
  /** @param {'told' | 'ended'} what @returns {Row[]} */
  const rows = (what) =>
    testers.map(({ name }) => ({
      name,
      values: servers.map((server) =>
        median((seen.get(`${name} ${server.name}`) ?? []).map((each) => each[what])),
      ),
    }))
  const others = testers.map(({ name }) => {
    const last = servers.map((server) => seen.get(`${name} ${server.name}`)?.at(-1))
    return [name, last.map((each) => each?.code).join(', '), last.map((each) => each?.lines).join(', ')]
  })
  return (
    `An app that imports a module which isn't there. From the start of the command until the\nexception's line is on the screen, ms:\n\n${compared(rows('told'))}\n\n` +
    `Until the tool has ended, ms:\n\n${compared(rows('ended'))}\n\n` +
    `Its exit code, and how many lines are on the screen then:\n\n` +
    table(['', `exit code (${names.join(', ')})`, 'lines'], others)
  )
}

/** @param {Tester} tester @param {Server} server @param {string} cwd */
async function failOne(tester, server, cwd) {
  const run = await start(tester, server, { python, cwd })
  const isTold = () => (run.output().includes("No module named 'not_there'") ? run.since() : undefined)
  const told = await until(most.fail, () => isTold() ?? (run.ended() === undefined ? undefined : -1))
  const end = await until(most.fail, () => run.ended())
  await new Promise((wake) => setTimeout(wake, 50)) // what the pipe still holds
  const lines = run
    .output()
    .split('\n')
    .filter((each) => each.trim()).length
  const code = run.child.exitCode ?? run.child.signalCode ?? 'none'
  run.finish()
  const never = Number.POSITIVE_INFINITY
  return { told: told === undefined || told < 0 ? never : told, ended: end ?? never, code, lines }
}

/** @param {Run} run @param {string} what */
async function begun(run, what) {
  const answered = await until(most.begin, () =>
    run.notes().includes('\nanswered 200') || run.ended() !== undefined ? true : undefined,
  )
  if (answered && run.ended() === undefined) return
  run.finish()
  throw new Error(`${what}: the test did not begin:\n${run.output()}`)
}

/** @param {Run} run @param {'began' | 'ended'} what */
function noted(run, what) {
  return Number(new RegExp(`^${what} (\\S+)`, 'm').exec(run.notes())?.[1])
}

/** @param {Run} run */
function portOf(run) {
  return Number(new URL(/^began \S+ (\S+)/m.exec(run.notes())?.[1] ?? '').port)
}

/** The first row is devlaunch's. @param {Row[]} rows */
function compared(rows) {
  const best = names.map((_, column) => Math.min(...rows.map(({ values }) => values[column] ?? Number.NaN)))
  const cells = rows.map(({ name, values }) => [
    name,
    ...values.map((value, column) =>
      Number.isFinite(value) ? `${value.toFixed(0)} (${(value / (best[column] ?? 0)).toFixed(2)})` : 'never',
    ),
  ])
  const behind = names.filter((_, column) => (rows[0]?.values[column] ?? 0) > (best[column] ?? 0))
  const verdict = behind.length > 0 ? `**behind**: ${behind.join(', ')}` : 'ahead of all'
  return `${table(['', ...names], cells)}\n\ndevlaunch is ${verdict}.`
}

/** Markdown that is aligned in a terminal. @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), 3),
  )
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')
}

/** @param {string} line */
function progress(line) {
  console.error(line)
}
