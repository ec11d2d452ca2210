import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { processes } from './kernel.ts'

const run = promisify(execFile)

/** Network namespaces of this process, with names that nobody else has. https://man7.org/linux/man-pages/man8/ip-netns.8.html */
export class Namespaces<Name extends string> implements AsyncDisposable {
  static #count = 0
  readonly #prefix = `${own(process.pid)}-${Namespaces.#count++}-`
  readonly #names: readonly Name[]

  /** @throws Error where this system has none, or this user must not make any. */
  static async make<Name extends string>(names: readonly Name[]): Promise<Namespaces<Name>> {
    await removeLeftovers()
    const made = new Namespaces(names)
    try {
      await Promise.all(names.map((name) => run('ip', ['netns', 'add', made.nameOf(name)])))
      await Promise.all(names.map((name) => silence(made.nameOf(name))))
    } catch (cause) {
      await made[Symbol.asyncDispose]()
      throw new Error('these tests need root, network namespaces and iproute2 (Linux)', { cause })
    }
    return made
  }

  private constructor(names: readonly Name[]) {
    this.#names = names
  }

  /** As `ip netns` knows it. */
  nameOf(name: Name): string {
    return this.#prefix + name
  }

  /** What stands before a command that is to run there. */
  prefix(name: Name): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.nameOf(name)]
  }

  /** Runs lines of `ip` there. */
  async ip(name: Name, lines: readonly string[]): Promise<void> {
    const running = run('ip', ['-n', this.nameOf(name), '-batch', '-'])
    running.child.stdin?.end(lines.map((line) => `${line}\n`).join(''))
    await running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#names.map((name) => remove(this.nameOf(name))))
  }
}

/** Nobody answers for names there, which is told at once: `ip netns exec` puts this file into the place of its twin. */
async function silence(name: string): Promise<void> {
  await mkdir(configuration(name), { recursive: true })
  await writeFile(join(configuration(name), 'resolv.conf'), 'nameserver 127.0.0.1\n')
}

function configuration(name: string): string {
  return join('/etc/netns', name)
}

/** What the names of a process's namespaces start with; a later process of this number started at another time. */
function own(pid: number): string {
  const started = processes().find((each) => each.pid === pid)?.started
  return `devlaunch-${pid}-${started}`
}

/** Those of a test run that was killed. */
async function removeLeftovers(): Promise<void> {
  const names = namespaces().filter((name) => /^devlaunch-\d+-\d+-/.test(name))
  const living = new Set(processes().flatMap((each) => (each.alive ? `${each.pid}-${each.started}` : [])))
  const dead = names.filter((name) => !living.has(name.split('-').slice(1, 3).join('-')))
  await Promise.all(dead.map(remove))
}

function namespaces(): string[] {
  try {
    return readdirSync('/run/netns')
  } catch {
    return [] // there has never been one
  }
}

/** Ends what still runs in it, which would keep it alive without a name. */
async function remove(name: string): Promise<void> {
  try {
    const { stdout } = await run('ip', ['netns', 'pids', name])
    for (const pid of stdout.split('\n').filter(Boolean)) end(Number(pid))
    await run('ip', ['netns', 'delete', name])
    await rm(configuration(name), { recursive: true, force: true })
  } catch {
    // somebody else has removed it, or it was never made
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}
