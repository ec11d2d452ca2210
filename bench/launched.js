import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { end } from './measure.js'

const root = join(import.meta.dirname, '..')
const environment = process.env.DEVLAUNCH_TEST_NEWEST ?? join(root, '.venvs/newest')

export const python = join(environment, 'bin/python')

/**
 * Until devlaunch says ready, which includes Node, the guard and the proof.
 * @param {string} bin @param {import('./servers.js').Server} server
 */
export async function timeLaunched(bin, { name, target, cwd }) {
  const start = performance.now()
  const { child, ready } = launch(bin, [name, ...target, '--no-reload'], cwd)
  await ready
  const time = performance.now() - start
  await end(child)
  return time
}

/** @param {string} bin @param {string[]} args @param {string} cwd */
function launch(bin, args, cwd) {
  const child = spawn(process.execPath, [bin, ...args, '--json', '--python', python], {
    cwd: join(root, cwd),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: clean(),
  })
  const ready = new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('"event":"ready"')) resolve(undefined)
    })
    child.on('close', () => reject(new Error(`${args.join(' ')} did not become ready:\n${text}`)))
  })
  return { child, ready }
}

/** @param {string[]} args @returns {Promise<number>} */
export function timeProgram(args) {
  const start = performance.now()
  return new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: 'ignore' }).on('close', () => resolve(performance.now() - start))
  })
}

/** One http server that nobody asks, for 10 s. @param {string} bin */
export async function measureIdle(bin) {
  const { child, ready } = launch(bin, ['http'], 'examples/wsgi')
  await ready
  const launcher = child.pid ?? 0
  const guard = Number(
    readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8').trim().split(' ')[0],
  )
  await new Promise((wake) => setTimeout(wake, 2000))
  const before = ticks(guard)
  await new Promise((wake) => setTimeout(wake, 10_000))
  const cpu = ((ticks(guard) - before) / 100 / 10) * 100
  const result = { launcher: resident(launcher), guard: resident(guard), cpu }
  await end(child)
  return result
}

/** Processor time so far, in hundredths of a second. @param {number} pid */
function ticks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** MB. @param {number} pid */
function resident(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** What would change where a server listens is left out. */
export function clean() {
  const { PORT, VIRTUAL_ENV, ...env } = process.env
  return env
}
