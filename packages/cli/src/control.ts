import { DevlaunchError, type Exit, type LaunchEvent, type LaunchOptions, type Server } from '@devlaunch/core'
import type { Command } from './keys.ts'
import { lookOf } from './look.ts'
import { openBrowser } from './open-browser.ts'
import { Printer } from './print.ts'
import { qrCode } from './qr.ts'
import type { Reached } from './reach.ts'

const { stderr } = process

type Wishes = Pick<LaunchOptions, 'lan' | 'lanFor'> & {
  /** `undefined`: in a terminal. */
  readonly qr: boolean | undefined
}

/** What a person does with a server that runs. */
export class Control {
  readonly #server: Server
  readonly #wishes: Wishes
  readonly #printer = new Printer(stderr)
  readonly #actions: Readonly<Record<Command | 'unknown', () => void | Promise<void>>> = {
    help: () => this.#say(this.#printer.keys()),
    unknown: () => this.#answer('No such key here. Ctrl-] and then h shows the keys.'),
    urls: () => this.#say(this.#printer.reached(this.reached(), undefined)),
    code: () => this.#showCode(),
    open: () => this.#open(),
    lan: () => this.#change(() => this.#toggle()),
    restart: () => this.#change(() => this.#restart()),
    quit: () => this.#quit(),
  }
  #isChanging = false
  #exit: Exit | undefined
  /** It has been asked to end. */
  quit = false

  constructor(server: Server, wishes: Wishes) {
    this.#server = server
    this.#wishes = wishes
    void server.exited.then((exit) => {
      this.#exit = exit
    })
  }

  readonly obey = (command: Command | 'unknown'): void => void this.#actions[command]()

  reached(): Reached {
    const { urls, lan, until } = this.#server
    return { urls, lan, until, now: Date.now() }
  }

  /** The QR code that is shown without being asked for. */
  async code(): Promise<string | undefined> {
    const { network } = this.#server.urls
    return network && (this.#wishes.qr ?? stderr.isTTY) ? qrCode(`${network}/`, lookOf(stderr)) : undefined
  }

  /** It has come to a network, or left one. */
  readonly moved = async ({ lan, until, reason }: LanEvent): Promise<void> => {
    const code = lan && (await this.code())
    this.#say(this.#printer.reached({ ...this.reached(), lan, until }, code, reason))
  }

  async #showCode(): Promise<void> {
    const { network } = this.#server.urls
    if (network) this.#say(this.#printer.code(await qrCode(`${network}/`, lookOf(stderr))))
    else this.#answer('Only this machine can open it, so there is no QR code. Ctrl-] l lets others in.')
  }

  async #open(): Promise<void> {
    this.#answer(`Opening ${this.#server.url}/`)
    await openBrowser(this.#server.url)
  }

  async #toggle(): Promise<void> {
    const { lan, lanFor } = this.#wishes
    this.#answer(this.#server.lan ? 'Leaving the network ...' : 'Going to the network ...')
    if (this.#server.lan) await this.#server.unexpose()
    else await this.#server.expose(lan || true, lanFor)
  }

  async #restart(): Promise<void> {
    this.#answer('Starting it again ...')
    const { local } = await this.#server.restart()
    this.#answer(`It runs again: ${local}/ (pid ${this.#server.pid})`)
  }

  /** One at a time: a second key would undo what the first hasn't done yet. */
  async #change(change: () => Promise<void>): Promise<void> {
    if (this.#isChanging) return this.#answer('Wait a moment: it is still starting again.')
    this.#isChanging = true
    await change().catch((error) => this.#fail(error))
    this.#isChanging = false
  }

  /** The end of the server is told by whoever waits for it, with the reason. */
  #fail(error: unknown): void {
    if (!(error instanceof DevlaunchError)) throw error
    if (this.#exit && (error.code === 'ABORTED' || error === this.#exit.error)) return
    this.#say(this.#printer.error(error, { withOutput: true }))
  }

  #quit(): void {
    this.quit = true
    void this.#server.stop()
  }

  #answer(text: string): void {
    this.#say(this.#printer.answer(text))
  }

  #say(text: string): void {
    stderr.write(text)
  }
}

type LanEvent = Extract<LaunchEvent, { event: 'lan' }>
