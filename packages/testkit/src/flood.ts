import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { vi } from 'vitest'
import { parentOf } from './kernel.ts'

const testkit = join(import.meta.dirname, '..')
const node = [process.execPath, '--conditions=@devlaunch/source']

/** What is printed: see apps/flood/app.py. */
export type Flooding = 'lines' | 'empty' | 'endless' | 'wide' | 'binary' | 'nul' | 'escape' | 'broken'

/** Who has the output: the command line on a pipe, with `--json`, or code with and without `onOutput`. */
export type Holder = 'pipe' | 'json' | 'callback' | 'silence'

export interface Flood {
  /** A virtual environment. */
  readonly python: string
  readonly kind: Flooding
  readonly holder: Holder
  readonly bytes: number
  /** Milliseconds for which the reader of a pipe stops after the start of the flood. Default 0. */
  readonly pause?: number
}

export interface Flooded {
  /** MB by which the memory of the launcher and of its guard has ever grown, since the server was ready. */
  readonly node: number
  readonly guard: number
  /** Of the flood, until the server had got rid of it. */
  readonly seconds: number
  /** What the reader got, in bytes. */
  readonly read: number
  /** Did the server answer when it had printed all? */
  readonly answered: boolean
  /** Of the launcher, after SIGTERM. */
  readonly exit: number | null
}

/** Starts a server, lets it print that much, and looks at the memory. */
export async function flood({ python, kind, holder, bytes, pause = 0 }: Flood): Promise<Flooded> {
  const launcher = start(holder, python)
  try {
    const { url, pid } = await ready(launcher, holder)
    const guard = parentOf(pid)
    const before = { node: resident(launcher.pid, 'VmRSS'), guard: resident(guard, 'VmRSS') }
    let read = 0
    launcher.stdout?.on('data', (chunk: Buffer) => (read += chunk.length))
    const started = performance.now()
    const answer = fetch(`${url}/${kind}/${bytes}`).then((response) => response.text())
    if (pause > 0) {
      launcher.stdout?.pause()
      setTimeout(() => launcher.stdout?.resume(), pause)
    }
    const answered = (await answer) === 'done'
    const seconds = (performance.now() - started) / 1000
    const after = { node: resident(launcher.pid, 'VmHWM'), guard: resident(guard, 'VmHWM') }
    if (holder === 'pipe') await vi.waitUntil(() => read >= bytes, 20_000) // its end drops what nobody has read
    launcher.kill('SIGTERM')
    const [exit] = await once(launcher, 'close')
    return {
      node: after.node - before.node,
      guard: after.guard - before.guard,
      seconds,
      read,
      answered,
      exit,
    }
  } finally {
    launcher.kill('SIGKILL')
  }
}

function start(holder: Holder, python: string): ChildProcess {
  const app = join(testkit, 'apps/flood')
  const [file = '', ...rest] =
    holder === 'pipe' || holder === 'json'
      ? [...node, join(testkit, '../cli/src/bin.ts'), 'wsgi', 'app:app', '--cwd', app, '--python', python]
      : [...node, join(testkit, 'src/flooded.ts'), app, python, holder]
  return spawn(file, holder === 'json' ? [...rest, '--json'] : rest, { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Where it listens, and the pid of its first process. */
async function ready(launcher: ChildProcess, holder: Holder): Promise<{ url: string; pid: number }> {
  const { stdout, stderr } = launcher
  if (!stdout || !stderr) throw new Error('it has no pipes')
  const told = holder === 'pipe' ? stderr : stdout
  const lines = createInterface(told)
  let text = ''
  let found: { url: string; pid: number } | undefined
  for await (const line of lines) {
    text += `${line}\n`
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(/ready|Local/.test(line) ? line : '')?.[0]
    const pid = /pid"?:? ?(\d+)/.exec(/ready|Proof/.test(line) ? line : '')?.[1]
    found = { url: url ?? found?.url ?? '', pid: Number(pid ?? found?.pid ?? 0) }
    if (found.url && found.pid) break
  }
  if (!found?.url || !found.pid) throw new Error(`it was never ready:\n${text}`)
  told.resume()
  stdout.resume()
  stderr.resume()
  return found
}

/** MB of a process: now (VmRSS), or the most it ever had (VmHWM). */
function resident(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
}
