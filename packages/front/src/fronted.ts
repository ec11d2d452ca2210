import {
  DevlaunchError,
  type Exit,
  fetchFrom,
  type LaunchOptions,
  type Plan,
  type Proof,
  type Server,
  type Urls,
} from '@devlaunch/core'

/** A server and what stands in front of it: one ends with the other. */
export class Fronted implements Server {
  readonly exited: Promise<Exit>
  readonly #server: Server
  readonly #front: Server
  readonly #onEvent: LaunchOptions['onEvent']
  readonly #hosts: string[] | undefined
  readonly #signal: AbortSignal | undefined
  #asked = false
  #introduced: Promise<unknown> = Promise.resolve()

  /** `hosts`: what the server answers to, if that is told to it; it reads them when it starts. */
  constructor(server: Server, front: Server, hosts: string[] | undefined, options: LaunchOptions) {
    this.#server = server
    this.#front = front
    this.#hosts = hosts
    this.#onEvent = options.onEvent
    this.#signal = options.signal
    this.exited = this.#end()
    this.#onEvent?.({ event: 'ready', url: this.url, urls: this.urls, proof: this.proof })
  }

  get url(): string {
    return this.#front.url
  }
  get urls(): Urls {
    return this.#front.urls
  }
  get lan(): Server['lan'] {
    return this.#front.lan
  }
  get until(): Server['until'] {
    return this.#front.until
  }
  get pid(): Server['pid'] {
    return this.#server.pid
  }
  get guards(): Server['guards'] {
    return [...this.#server.guards, ...this.#front.guards]
  }
  get plan(): Server['plan'] {
    return this.#server.plan
  }
  get front(): Plan {
    return this.#front.plan
  }
  get python(): Server['python'] {
    return this.#server.python
  }
  get proof(): Proof {
    const { sockets } = this.#server.proof
    return { ...this.#front.proof, sockets: [...this.#front.proof.sockets, ...sockets] }
  }
  get notes(): Server['notes'] {
    return this.#server.notes
  }
  get warnings(): readonly string[] {
    return [...this.#front.warnings, ...this.#server.warnings]
  }
  get logs(): Server['logs'] {
    return this.#server.logs
  }

  readonly fetch: Server['fetch'] = (path, init) => fetchFrom(this.url, path, init)
  readonly waitForLog: Server['waitForLog'] = (...wait) => this.#server.waitForLog(...wait)
  readonly sockets: Server['sockets'] = async () => {
    return (await Promise.all([this.#front.sockets(), this.#server.sockets()])).flat()
  }
  readonly resize: Server['resize'] = (size) => this.#server.resize(size) // Apache takes SIGWINCH for an order to end
  readonly expose: Server['expose'] = async (...where) => {
    const urls = await this.#front.expose(...where)
    await this.introduce()
    return urls
  }
  readonly unexpose: Server['unexpose'] = () => this.#front.unexpose()
  readonly restart: Server['restart'] = async () => {
    await this.#server.restart()
    return this.urls
  }
  readonly stop = async (): Promise<Exit> => {
    this.#asked = true
    void this.#front.stop()
    void this.#server.stop()
    return this.exited
  }
  readonly kill = async (): Promise<Exit> => {
    this.#asked = true
    void this.#front.kill()
    void this.#server.kill()
    return this.exited
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** The front has an address that the server doesn't answer to yet. */
  async introduce(): Promise<void> {
    const { authority } = this.#front.plan.policy.bind
    if (this.#hosts?.includes(authority) === false) {
      this.#hosts.push(authority)
      this.#introduced = this.#server.restart()
    }
    await this.#introduced
  }

  /** Whoever ends first takes the other along, and tells why. */
  async #end(): Promise<Exit> {
    const first = await Promise.race([this.#server.exited, this.#front.exited])
    const asked = this.#asked || this.#signal?.aborted || first.error !== undefined
    const [server, front] = await Promise.all([this.#server.stop(), this.#front.stop()])
    const exit = {
      ...server,
      killed: [...server.killed, ...front.killed],
      survivors: [...server.survivors, ...front.survivors],
      error: server.error ?? front.error ?? (first === front && !asked ? this.#gone(front) : undefined),
    }
    this.#onEvent?.({ event: 'exit', ...exit })
    return exit
  }

  #gone({ code, signal }: Exit): DevlaunchError {
    const { server } = this.#front.plan
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`
    return new DevlaunchError('FAILED', `${server} ended (${how}), and ${this.plan.server} was behind it`, {
      output: this.#front.logs.all.join('\n'),
      hint: `look for what ended ${server}`,
    })
  }
}
