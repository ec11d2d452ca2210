import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../packages/testkit/src/free-port.ts'
import { clean, measureIdle, python, timeLaunched, timeProgram } from './launched.js'
import { end, hasEnded, median, spread } from './measure.js'
import { servers } from './servers.js'

/**
 * What devlaunch costs, beside the same thing without it, in one interleaved run: compare, don't quote absolutes.
 *   npm run bench -- 20    rounds per row; default 11
 */

const root = join(import.meta.dirname, '..')
const bin = join(root, 'packages/cli/bin/devlaunch.cjs')
const rounds = Number(process.argv[2] ?? 11)

console.log(`Time to ready, ms: median of ${rounds} interleaved rounds (spread: 10th to 90th percentile)\n`)
console.log('server     bare                devlaunch           ratio                more    aim')
for (const server of servers) {
  /** @type {number[]} */ const bare = []
  /** @type {number[]} */ const launched = []
  await timeBare(server) // fills the caches of byte code and of the file system
  await timeLaunched(bin, server)
  for (let round = 0; round < rounds; round++) {
    bare.push(await timeBare(server))
    launched.push(await timeLaunched(bin, server))
  }
  const more = median(launched) - median(bare)
  const verdict = more <= 45 ? 'ok' : `${(more - 45).toFixed(0)} ms over`
  const ratios = launched.map((time, round) => time / (bare[round] ?? Number.NaN))
  console.log(
    `${server.name.padEnd(9)}  ${spread(bare)}  ${spread(launched)}  ${spread(ratios, 2)}  ` +
      `${more.toFixed(0).padStart(4)}   45: ${verdict}`,
  )
}

console.log('\nStart-up alone, ms. The first two are the floor of "more" on this machine\n')
/** @type {{ name: string, time: () => Promise<number>, times: number[] }[]} */
const starts = [
  { name: 'node -e 0', time: () => timeProgram(['-e', '0']), times: [] },
  { name: 'guard, first line', time: timeGuard, times: [] },
  { name: 'devlaunch --version', time: () => timeProgram([bin, '--version']), times: [] },
  { name: 'devlaunch --help', time: () => timeProgram([bin, '--help']), times: [] },
]
for (let round = 0; round < rounds * 2; round++) {
  for (const { time, times } of starts) times.push(await time())
}
for (const { name, times } of starts) console.log(`${name.padEnd(20)}  ${spread(times)}`)
const [nothing = 0, guard = 0, version = 0] = starts.map(({ times }) => median(times))
const ratio = version / nothing
console.log(`node and guard        ${(nothing + guard).toFixed(0).padStart(4)}`)
console.log(`--version, node -e 0  ratio ${ratio.toFixed(2)}, aim 1.30: ${ratio <= 1.3 ? 'ok' : 'over'}`)

console.log('\nWhile one server runs (http)\n')
const idle = await measureIdle(bin)
console.log(`launcher              ${idle.launcher.toFixed(1)} MB`)
console.log(`guard                 ${idle.guard.toFixed(1)} MB`)
const both = idle.launcher + idle.guard
console.log(`together              ${both.toFixed(1)} MB, aim 65: ${both <= 65 ? 'ok' : 'over'}`)
console.log(
  `guard's processor     ${idle.cpu.toFixed(2)} % of a core over 10 s, aim 0.60: ${idle.cpu <= 0.6 ? 'ok' : 'over'}`,
)

/** Until the first answer over HTTP, asked as fast as it goes. @param {import('./servers.js').Server} server */
async function timeBare({ cwd, bare }) {
  const port = await freePort()
  const start = performance.now()
  const child = spawn(python, bare(port), { cwd: join(root, cwd), stdio: 'ignore', env: clean() })
  while (!(await answers(port))) {
    if (hasEnded(child)) throw new Error(`${python} ${bare(port).join(' ')} ended with ${child.exitCode}`)
    await new Promise((wake) => setTimeout(wake, 1))
  }
  const time = performance.now() - start
  await end(child)
  return time
}

/** Until the guard says that it is ready for orders, which it does before it is given any. */
async function timeGuard() {
  const start = performance.now()
  const child = spawn(python, ['-I', '-S', join(root, 'packages/core/guard/__main__.py')], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  await new Promise((resolve, reject) => {
    child.stdio[3]?.once('data', resolve)
    child.once('close', (code) => reject(new Error(`the guard ended with ${code}`)))
  })
  const time = performance.now() - start
  child.stdio[3]?.destroy() // the end of the stream is the end of the guard
  await end(child)
  return time
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'))
    socket.on('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}
