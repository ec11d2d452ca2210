import { loopback } from './address.ts'
import { watchAddress } from './address-watch.ts'
import { Deadline } from './deadline.ts'
import { DevlaunchError } from './errors.ts'
import { safely } from './events.ts'
import { fetchFrom } from './fetch-from.ts'
import type { Lan } from './lan.ts'
import type { Listing } from './listing.ts'
import type { Log } from './logs.ts'
import type { Plan } from './plan.ts'
import { resolvePolicy } from './policy.ts'
import { knock } from './port.ts'
import { checkLimit, findWhere, type Where } from './prepare.ts'
import type { Terminal } from './protocol.ts'
import type { LaunchEvent, LaunchOptions, Server, Urls } from './server.ts'
import { type Run, urlsOf } from './start.ts'
import { type LogWait, waitForLog } from './wait-for-log.ts'
import type { Exit } from './watch.ts'

type Reason = Extract<LaunchEvent, { event: 'lan' }>['reason']

/** Starts it once more, at this place. */
type Start = (options: LaunchOptions, where: Where, log: Log) => Promise<Run>

/** Who tells others of it. */
type Teller = Pick<Listing, 'update' | 'remove'>

/** Milliseconds between two looks for a network, after one has been lost. */
const pace = 1000

const onLoopback: Where = { address: { host: loopback, reach: 'loopback' }, lan: undefined }

/**
 * A server that can be started again: by its user, or because its time on a network is over or its address has gone.
 * One start follows the end of the other, at the same port: who was connected before isn't any more.
 */
class KeptServer implements Server {
  readonly exited: Promise<Exit>
  readonly #end: (exit: Exit) => void
  readonly #controller: AbortController
  readonly #start: Start
  readonly #listing: Teller
  readonly #home: Where
  readonly #obeys: boolean
  readonly #onEvent: (event: LaunchEvent) => void
  #options: LaunchOptions
  #run: Run
  #where: Where
  #limit: Deadline | undefined
  #state: 'running' | 'moving' | 'over' = 'running'
  #turn: Promise<unknown> = Promise.resolve()
  #unwatch = () => {}

  constructor(
    run: Run,
    where: Where,
    limit: Deadline | undefined,
    options: LaunchOptions,
    controller: AbortController,
    start: Start,
    listing: Teller,
  ) {
    const { promise, resolve } = Promise.withResolvers<Exit>()
    this.exited = promise
    this.#end = resolve
    this.#controller = controller
    this.#start = start
    this.#listing = listing
    const { bind } = run.plan.policy // where the app decides, it is found and not planned
    const here = where.lan ? where : { ...where, address: { ...where.address, host: bind.host } }
    this.#home = here.address.reach === 'loopback' ? here : onLoopback
    this.#onEvent = safely(options.onEvent)
    this.#options = { ...options, port: bind.port, strictPort: true }
    this.#run = run
    this.#where = here
    this.#obeys = run.obeys
    this.#limit = limit
    this.#watch()
  }

  get url(): string {
    return this.urls.local
  }
  get urls(): Urls {
    return urlsOf(this.#run.plan)
  }
  get lan(): Lan | undefined {
    return this.#run.lan
  }
  get until(): number | undefined {
    return this.#run.lan && this.#limit?.time
  }
  get pid() {
    return this.#run.pid
  }
  get guards() {
    return this.#run.guards
  }
  get plan() {
    return this.#run.plan
  }
  get python() {
    return this.#run.python
  }
  get proof() {
    return this.#run.proof
  }
  get notes() {
    return this.#run.notes
  }
  get warnings() {
    return this.#run.warnings
  }
  get logs() {
    return this.#run.logs
  }

  readonly sockets = () => this.#run.sockets()

  readonly fetch = (path: string, init?: RequestInit): Promise<Response> => fetchFrom(this.url, path, init)

  readonly waitForLog = (pattern: string | RegExp, options?: LogWait): Promise<string> => {
    const { plan, logs } = this.#run
    return waitForLog({ server: plan.server, log: logs, exited: this.exited }, pattern, options)
  }

  readonly resize = ({ columns, rows }: Terminal): void => {
    const { terminal } = this.#options
    if (terminal) this.#options = { ...this.#options, terminal: { ...terminal, columns, rows } }
    this.#run.resize({ columns, rows })
  }

  readonly stop = (): Promise<Exit> => {
    this.#controller.abort()
    void this.#listing.remove() // somebody may start another one before this one has ended
    return this.exited
  }

  readonly kill = (): Promise<Exit> => {
    this.#controller.abort()
    void this.#run.kill()
    return this.exited
  }

  readonly [Symbol.asyncDispose] = async (): Promise<void> => void (await this.stop())

  readonly expose = (wish: true | string = true, milliseconds = this.#options.lanFor): Promise<Urls> =>
    this.#inTurn(async () => {
      checkLimit(milliseconds)
      if (!this.#obeys) throw deaf(this.#run.plan)
      const to = await this.#findLan(wish)
      const { host } = to.address
      if (host !== this.#where.address.host) {
        const taken = await knock(host, this.#run.plan.policy.bind.port)
        if (taken) throw taken.reason
      }
      this.#limit = milliseconds === undefined ? undefined : new Deadline(milliseconds)
      this.#options = { ...this.#options, lan: wish }
      return this.#move(to, 'asked')
    })

  readonly unexpose = (): Promise<Urls> => this.#inTurn(() => this.#move(this.#home, 'asked'))

  readonly restart = (): Promise<Urls> =>
    this.#inTurn(() => this.#move(this.#isOver() ? this.#home : this.#where, 'asked'))

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(task)
    this.#turn = result.catch(() => {})
    return result
  }

  #isOver(): boolean {
    return this.#limit?.remaining === 0
  }

  /** @throws DevlaunchError where there is none, or a risk of it isn't accepted. */
  async #findLan(wish: true | string): Promise<Where> {
    const { host: _, ...options } = { ...this.#options, lan: wish }
    const where = await findWhere(options)
    resolvePolicy(options, where.address, this.#run.plan.policy.bind.port)
    return where
  }

  async #move(to: Where, reason: Reason): Promise<Urls> {
    if (this.#state === 'over') throw this.#ended()
    this.#unwatch()
    this.#state = 'moving'
    const { lan } = this.#run
    const exit = await this.#run.stop()
    if (exit.error || this.#controller.signal.aborted) {
      this.#finish(exit)
      throw exit.error ?? this.#ended()
    }
    if (lan && !to.lan) this.#onEvent({ event: 'lan', lan: undefined, until: undefined, reason })
    await this.#startAt(to).catch(async (error) => {
      const back = to.lan && to !== this.#where && !this.#controller.signal.aborted
      const final = back ? await this.#startAt(this.#where).catch((second) => second) : error
      if (final) this.#finish({ ...exit, error: final.code === 'ABORTED' ? undefined : final })
      throw error
    })
    if (this.lan && this.lan.host !== lan?.host)
      this.#onEvent({ event: 'lan', lan: this.lan, until: this.until, reason })
    return this.urls
  }

  async #startAt(where: Where): Promise<void> {
    const { lanFor: _, ...options } = this.#options
    const limit = where.lan && this.#limit ? { lanFor: this.#limit.remaining } : {}
    const wished = { ...options, ...limit, lan: where.lan !== undefined }
    this.#run = await this.#start(wished, where, this.#run.logs)
    this.#where = where
    this.#state = 'running'
    this.#watch()
    await this.#listing.update(this)
  }

  #watch(): void {
    const run = this.#run
    void run.exited.then((exit) => {
      if (run !== this.#run || this.#state !== 'running') return
      const goesOn = run.expired && !exit.error && !this.#controller.signal.aborted
      if (goesOn) this.#retreat('time')
      else this.#finish(exit)
    })
    if (run.lan) this.#unwatch = watchAddress(run.lan, () => this.#retreat('address'))
  }

  /** To loopback. Whoever waits for the end hears of what went wrong. */
  #retreat(reason: 'time' | 'address'): void {
    const leave = async () => {
      const left = this.#run.lan
      if (!left || this.#state === 'over') return
      await this.#move(this.#home, reason)
      if (reason === 'address' && this.#options.follow) this.#follow(left)
    }
    this.#inTurn(leave).catch(() => {})
  }

  /** Until the interface has an address again, or the way to the internet leads through another. */
  #follow(left: Lan): void {
    const wish = this.#options.lan || true
    const timer = setInterval(async () => {
      if (this.#isOver()) return cancel()
      const to = await this.#findLan(wish).catch(() => undefined)
      if (!to?.lan || this.#unwatch !== cancel) return
      // what else is there was there before, and was not meant
      if (to.lan.interface !== left.interface && !to.lan.routed) return
      cancel()
      this.#inTurn(() => this.#move(to, 'address')).catch(() => {})
    }, pace)
    timer.unref()
    const cancel = () => clearInterval(timer)
    this.#unwatch = cancel
  }

  #finish(exit: Exit): void {
    this.#unwatch()
    this.#state = 'over'
    this.#onEvent({ event: 'exit', ...exit })
    void this.#listing.remove().then(() => this.#end(exit))
  }

  #ended(): DevlaunchError {
    return new DevlaunchError('ABORTED', `${this.#run.plan.server} has ended`)
  }
}

/** On an address of a network it would listen where it does now, or be refused. */
function deaf({ server, policy }: Plan): DevlaunchError {
  const where = policy.bind.authority
  return new DevlaunchError(
    'USAGE',
    `${server} stays on ${where}: its app doesn't listen where it is told to`,
    {
      hint: 'let the app take its address from the variables HOST and PORT, and start it again',
    },
  )
}

/** `controller`: calls off a start that is under way, and ends what has come of it. */
export function keep(
  run: Run,
  where: Where,
  limit: Deadline | undefined,
  options: LaunchOptions,
  controller: AbortController,
  start: Start,
  listing: Teller,
): Server {
  return new KeptServer(run, where, limit, options, controller, start, listing)
}
