import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { descendants, isTaken, type Life, marked } from './kernel.ts'

/** What rounds of starting and stopping have left behind. */
export interface Leaks {
  readonly processes: readonly Life[]
  /** What this process has open more than before: `socket`, `pipe`, `/tmp/x`. */
  readonly descriptors: readonly string[]
  /** Records of guards, and whatever else was made in a temporary folder. */
  readonly files: readonly string[]
  /** Ports of the rounds on which somebody still listens. */
  readonly ports: readonly number[]
  /** Bytes by which this process has grown. */
  readonly memory: number
}

/**
 * Runs `round`, which says at which ports it has served, many times. Linux. TMPDIR and XDG_RUNTIME_DIR are a folder of
 * its own for that time, because other programs make files in theirs, and so that whatever was started is known by it.
 * `warmup`: rounds before that, which aren't counted because they load modules and fill caches. Default 1.
 */
export async function leaksOf(
  rounds: number,
  round: (count: number) => Promise<readonly number[]>,
  { warmup = 1 }: { readonly warmup?: number } = {},
): Promise<Leaks> {
  const folder = await mkdtemp(join(tmpdir(), 'devlaunch-leaks-'))
  const restore = setVariables({ TMPDIR: folder, XDG_RUNTIME_DIR: folder })
  try {
    for (let count = 0; count < warmup; count++) await round(count)
    const before = { descriptors: await descriptors(), memory: memory() }
    const ports = new Set<number>()
    for (let count = 0; count < rounds; count++) for (const port of await round(count)) ports.add(port)
    return {
      processes: living(folder),
      descriptors: await remaining(before.descriptors),
      files: await filesIn(folder),
      ports: await taken([...ports]),
      memory: memory() - before.memory,
    }
  } finally {
    restore()
    await rm(folder, { recursive: true })
  }
}

/** Below this process, or started for a round and below no one of ours any more. */
function living(folder: string): Life[] {
  const all = [...descendants(process.pid), ...marked(folder)]
  return [...new Map(all.map((each) => [each.pid, each])).values()]
}

/** Without what nobody refers to any more. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage.rss()
}

/** Those that stay taken: a test beside this one may be given one of them for a moment. */
async function taken(ports: readonly number[]): Promise<number[]> {
  for (const deadline = performance.now() + 10_000; ; await sleep(100)) {
    const left = ports.filter(isTaken)
    if (left.length === 0 || performance.now() > deadline) return left
  }
}

/** What is open more than before, also five seconds later: Node closes the sockets of fetch a moment after their use. */
async function remaining(before: readonly string[]): Promise<string[]> {
  for (const deadline = performance.now() + 5000; ; await sleep(10)) {
    const more = without(await descriptors(), before)
    if (more.length === 0 || performance.now() > deadline) return more
  }
}

function setVariables(variables: Readonly<Record<string, string>>): () => void {
  const { env } = process
  const before = Object.keys(variables).map((name) => [name, env[name]] as const)
  Object.assign(env, variables)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete env[name]
      else env[name] = value
    }
  }
}

async function descriptors(): Promise<string[]> {
  const names = await readdir('/proc/self/fd')
  const targets = names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ''))
  return (await Promise.all(targets)).filter(Boolean).map((target) => target.replace(/:\[\d+\]$/, ''))
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name))
}

/** Those of `all` that are there more often than in `some`. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some]
  return all.filter((each) => {
    const index = left.indexOf(each)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}
