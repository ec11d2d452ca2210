import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../packages/testkit/src/free-port.ts'
import { end, median } from './measure.js'

/**
 * gunicorn behind `--front nginx`, beside the same two started by hand with what gunicorn's documentation has for nginx:
 * https://docs.gunicorn.org/en/stable/deploy.html. The page is one that doesn't show the headers of its request.
 *   node --conditions=@devlaunch/source bench/front.js 15    rounds of each; default 9
 */

const root = join(import.meta.dirname, '..')
const bin = join(root, 'packages/cli/bin/devlaunch.cjs')
const environment = process.env.DEVLAUNCH_TEST_NEWEST ?? join(root, '.venvs/newest')
const python = join(environment, 'bin/python')
const cwd = join(root, 'examples/wsgi')
const rounds = Number(process.argv[2] ?? 9)
const seconds = 4
const nothing = { rps: 0, p99: 0, late: 0 }
const app = ['--workers', '2', 'wsgi:application']

const folder = mkdtempSync(join(tmpdir(), 'devlaunch-bench-'))
const [public_, inner, ours] = await Promise.all([freePort(), freePort(), freePort()])
writeFileSync(
  join(folder, 'nginx.conf'),
  `daemon off;
pid nginx.pid;
error_log stderr;
worker_processes auto;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:${public_};
        location / {
            proxy_pass http://127.0.0.1:${inner};
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header Host $http_host;
            proxy_redirect off;
        }
    }
}
`,
)
// In a session each, as in three terminals: Linux shares its time among sessions (sched_autogroup), and what devlaunch
// starts has one of its own. In the session of wrk, the two by hand would hand over to each other quicker.
const quiet = { cwd, detached: true, stdio: /** @type {const} */ ('ignore') }
const children = [
  spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], quiet),
  spawn(python, ['-m', 'gunicorn', '--bind', `127.0.0.1:${inner}`, ...app], quiet),
  spawn(
    process.execPath,
    [bin, 'gunicorn', 'wsgi:application', '--front', 'nginx', '--port', `${ours}`, '--no-reload'].concat([
      '--python',
      python,
      '--quiet',
      '--',
      '--workers',
      '2',
    ]),
    quiet,
  ),
]
// nobody else interrupts what has a session of its own
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => Promise.all(children.map(end)).then(() => process.exit(1)))
}
try {
  await Promise.all([public_, ours].map(ready))
  /** @type {{ rps: number, p99: number, late: number }[][]} */
  const [byHand = [], launched = []] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const [one, other] = round % 2 ? [public_, ours] : [ours, public_]
    const results = new Map([one, other].map((port) => [port, load(port)]))
    if (round === 0) continue // caches
    byHand.push(results.get(public_) ?? nothing)
    launched.push(results.get(ours) ?? nothing)
  }
  console.log(
    `gunicorn behind nginx: median of ${rounds} interleaved rounds of ${seconds} s, 8 connections\n`,
  )
  console.log('                 by hand   devlaunch   ratio   aim')
  const rps = ratio('requests per s', byHand, launched, (each) => each.rps)
  console.log(`${rps.line}   0.97: ${rps.ratio >= 0.97 ? 'ok' : 'below'}`)
  console.log(ratio('p99, ms', byHand, launched, (each) => each.p99).line)
  const late = [byHand, launched].map((all) => all.reduce((sum, each) => sum + each.late, 0))
  console.log(`${'over 2 s'.padEnd(15)} ${late.map((count) => `${count}`.padStart(9)).join('   ')}`)
} finally {
  await Promise.all(children.map(end))
  rmSync(folder, { recursive: true })
}

/** @param {number} port */
function load(port) {
  const args = ['-t', '1', '-c', '8', '-d', `${seconds}s`, '--latency', `http://127.0.0.1:${port}/time`]
  const output = execFileSync('wrk', args, { encoding: 'utf8' })
  if (/Non-2xx|(?:connect|read|write) [1-9]/.test(output)) throw new Error(output)
  const [, value = '', unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(output) ?? []
  const p99 = Number(value) * { us: 0.001, ms: 1, s: 1000 }[/** @type {'us' | 'ms' | 's'} */ (unit)]
  const late = Number(/timeout (\d+)/.exec(output)?.[1] ?? 0)
  return { rps: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]), p99, late }
}

/**
 * @template Round
 * @param {string} name
 * @param {Round[]} byHand
 * @param {Round[]} launched
 * @param {(round: Round) => number} figure
 */
function ratio(name, byHand, launched, figure) {
  const [one = 0, other = 0] = [byHand, launched].map((all) => median(all.map(figure)))
  const cells = [one, other].map((value) => value.toFixed(1).padStart(9)).join('   ')
  return { ratio: other / one, line: `${name.padEnd(15)} ${cells}   ${(other / one).toFixed(3)}` }
}

/** @param {number} port */
async function ready(port) {
  while (
    !(await fetch(`http://127.0.0.1:${port}/`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await new Promise((wake) => setTimeout(wake, 50))
  }
}
