import { realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { AnyAdapter } from './adapter.ts'
import type { Environment } from './candidates.ts'
import type { Here } from './here.ts'
import { lifeOf } from './life.ts'
import { fileOf, makeOwnFolder } from './own-folder.ts'
import type { Running } from './registry.ts'
import type { LaunchOptions, OwnOptions, Server } from './server.ts'

/** Characters of a name: a command may have many words. */
const longest = 200

/** What is told of a server. */
type Listed = Pick<Server, 'plan' | 'front' | 'urls' | 'python' | 'pid' | 'guards'>

/**
 * Tells the other processes of this user of one server, by a file beside its guard's record. The guard removes it too
 * when it ends, however its launcher did. Where it can't be written, the server runs all the same: nobody hears of it.
 */
export class Listing {
  readonly #env: Environment
  readonly #about: Pick<Running, 'name' | 'project' | 'by'>
  #since: number | undefined
  #path: string | undefined
  #turn: Promise<void> = Promise.resolve()

  constructor(adapter: AnyAdapter, options: OwnOptions, { cwd, env }: Here) {
    const { by = 'library' } = options
    const project = resolve(cwd, options.project ?? options.cwd ?? '.')
    this.#env = env
    this.#about = { name: nameOf(adapter, options), project, by }
  }

  /** It is ready, or reached elsewhere now, or another process. */
  readonly update = (server: Listed): Promise<void> => this.#inTurn(() => this.#write(server))

  /** It ends. */
  readonly remove = (): Promise<void> => this.#inTurn(() => this.#remove())

  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn
      .then(task)
      .catch(() => this.#remove()) // a full disk, no /proc to speak of
      .catch(() => {})
    return this.#turn
  }

  async #write(server: Listed): Promise<void> {
    const lives = await Promise.all([process.pid, ...server.guards].map(lifeOf))
    const [launcher, ...guards] = lives.filter((each) => each !== undefined)
    const [guard] = guards
    const folder = await makeOwnFolder(this.#env)
    if (!launcher || !guard || guards.length < server.guards.length || !folder) return this.#remove()
    const path = join(folder, fileOf(guard))
    if (path !== this.#path) await this.#remove()
    this.#path = path
    this.#since ??= Date.now()
    const project = await realpath(this.#about.project)
    const since = this.#since
    const entry = { ...this.#about, project, since, ...facts(server), guards, launcher } satisfies Running
    const half = `${path}.new`
    await rm(half, { force: true })
    await writeFile(half, JSON.stringify(entry), { mode: 0o600, flag: 'wx' })
    await rename(half, path) // nobody sees half an entry
  }

  async #remove(): Promise<void> {
    const path = this.#path
    this.#path = undefined
    if (path) await Promise.all([path, `${path}.new`].map((each) => rm(each, { force: true })))
  }
}

/** Its own or, without one, as one types it. */
export function nameOf(adapter: AnyAdapter, options: LaunchOptions): string {
  const target = (options as Record<string, unknown>)[adapter.target.option]
  const words = Array.isArray(target) ? target : [target]
  const typed = [adapter.name, ...words.filter((word) => typeof word === 'string')].join(' ')
  return (options.name || typed).slice(0, longest)
}

function facts({ plan, front, urls, python, pid }: Listed) {
  const { reach, subnet } = (front ?? plan).policy
  return {
    server: plan.server,
    front: front?.server ?? null,
    urls: { local: urls.local, network: urls.network ?? null },
    reach,
    subnet: subnet ?? null,
    python: python.path,
    pid,
  }
}
