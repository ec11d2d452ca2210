import { binds } from './binds.ts'
import { longestTimeout } from './deadline.ts'
import { DevlaunchError } from './errors.ts'
import type { Guard } from './guard.ts'
import type { Bind } from './policy.ts'
import type { Refusal, Socket, Stall } from './protocol.ts'
import { quote } from './quote.ts'
import { search } from './search.ts'

/** What was seen when the server became ready. */
export interface Proof {
  /** Every listening socket of the process tree. */
  readonly sockets: readonly Socket[]
  /** Somebody else's sockets on the same port of other addresses: `localhost` may reach them. */
  readonly neighbours: readonly Socket[]
  /** Of its first answer. */
  readonly status?: number | undefined
  /** Under `lan`: what this process listens on itself, and passes on to the server. */
  readonly relay?: { readonly address: string; readonly port: number; readonly pid: number } | undefined
  /** Under `lan`: does the kernel drop what comes from other networks? */
  readonly filter?: Filter | undefined
}

/** Whether the kernel drops what comes from outside the planned subnet, and if not, why not. */
export interface Filter {
  readonly filtered: boolean
  readonly reason: string
}

/** A server that is ready, and where. */
export interface Ready {
  /** What was planned, or where the app has chosen to listen. */
  readonly bind: Bind
  readonly proof: Proof
}

/** Why the server will not become ready. */
export type Setback =
  | { readonly kind: 'aborted' }
  | { readonly kind: 'doomed' }
  | { readonly kind: 'exposed'; readonly sockets: readonly Socket[] }
  | { readonly kind: 'gone'; readonly exit: number | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'late'; readonly status: number | undefined; readonly sockets: readonly Socket[] }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'not-run'; readonly reason: string; readonly file: string }
  | { readonly kind: 'stalled'; readonly reason: Stall }
  | { readonly kind: 'strangers'; readonly sockets: readonly Socket[] }
  | { readonly kind: 'unsealable'; readonly reason: string }
  | { readonly kind: 'taken'; readonly code: string }

/** Whether the output says that the server can never become ready. */
export interface Doom {
  readonly certain: boolean
  /** Resolves a moment after, when the reason has been printed too. */
  readonly told: Promise<void>
}

export interface WaitOptions {
  readonly url: string
  readonly bind: Bind
  /** Ready means a status below 400 here; without it, any answer to GET /. */
  readonly readyPath: string | undefined
  /** Milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
  readonly doom: Doom
  /** It has accepted the question, and hasn't answered for a while. Called once. */
  readonly onSilent: () => void
}

/** Milliseconds in which the reason of an error page is printed: it may say that the app can never work. */
const restOfError = 150

/** Ready: our sockets and no foreign one, before and after an HTTP answer. */
export async function waitUntilReady(guard: Guard, options: WaitOptions): Promise<Ready | Setback> {
  const { promise, resolve } = Promise.withResolvers<Ready | Setback>()
  const over = new AbortController()
  const http = import('./knock.ts') // loaded while the server starts, not before
  let { bind, url } = options
  let status: number | undefined
  let strangers: readonly Socket[] = []
  let candidates: readonly Bind[] = []

  let noted = false
  const noteSilence = async () => {
    const meant = candidates.length > 0 ? candidates : [bind]
    const sockets = (await guard.sockets()).filter((socket) => meant.some((each) => isAmong(each, [socket])))
    // whoever waits in the queue was not accepted: the app is still imported
    const accepted = sockets.length > 0 && sockets.every(({ queue }) => queue === 0)
    if (accepted && !noted && !over.signal.aborted) options.onSilent()
    noted ||= accepted
  }
  const ask = async (where: string, isEnough: (status: number | undefined) => Promise<boolean>) => {
    const { knock } = await http
    if (options.doom.certain) return // it would only print the same once more
    const judge = async (answered: number | undefined) => {
      if (over.signal.aborted || options.doom.certain) return true
      status = answered
      const satisfied = options.readyPath === undefined ? answered !== undefined : (answered ?? 500) < 400
      if ((answered ?? 0) >= 500) await new Promise((wake) => setTimeout(wake, restOfError))
      return satisfied && !options.doom.certain && isEnough(answered)
    }
    const asked = new URL(options.readyPath ?? '/', where).href
    await knock(asked, { signal: over.signal, isEnough: judge, onSilence: noteSilence })
  }
  const prove = (neighbours: readonly Socket[]) =>
    ask(url, async (answered) => {
      if (strangers.length > 0) return false
      const sockets = await guard.sockets()
      if (!isAmong(bind, sockets)) return false
      resolve({ bind, proof: { sockets, neighbours, status: answered } })
      return true
    })
  const askCandidates = search(
    guard,
    ({ authority }, isIt) => void ask(`http://${authority}`, isIt),
    (found) => {
      bind = found
      url = `http://${bind.authority}`
      candidates = []
      guard.plan(bind)
    },
  )

  guard.onEvent((event) => {
    if (over.signal.aborted) return
    if (event.event === 'candidates') {
      candidates = binds(event.sockets)
      askCandidates(candidates)
    }
    if (event.event === 'listening') void prove(event.neighbours)
    if (event.event === 'failed') resolve({ kind: 'not-run', reason: event.reason, file: event.file })
    if (event.event === 'taken') resolve({ kind: 'taken', code: event.code })
    if (event.event === 'unsealable')
      resolve({ kind: 'unsealable', reason: event.file ? `${event.file}: ${event.reason}` : event.reason })
    if (event.event === 'exposed') resolve({ kind: 'exposed', sockets: event.sockets })
    if (event.event === 'stalled') resolve({ kind: 'stalled', reason: event.reason })
    if (event.event === 'refused') resolve({ kind: 'refused', refusal: event })
    if (event.event === 'gone') resolve({ kind: 'gone', exit: event.exit })
    if (event.event === 'strangers') {
      strangers = event.sockets
      if (strangers.length > 0) resolve({ kind: 'strangers', sockets: strangers })
    }
  })
  void guard.ended.then((reason) => resolve({ kind: 'lost', reason: reason ?? 'it ended' }))
  void options.doom.told.then(() => resolve({ kind: 'doomed' }))
  const abort = () => resolve({ kind: 'aborted' })
  options.signal?.addEventListener('abort', abort, { once: true })
  if (options.signal?.aborted) abort()
  const timer = setTimeout(
    async () => resolve({ kind: 'late', status, sockets: await guard.sockets() }),
    options.timeout,
  )

  const outcome = await promise
  over.abort()
  clearTimeout(timer)
  options.signal?.removeEventListener('abort', abort)
  return outcome
}

function isAmong(bind: Bind, sockets: readonly Socket[]): boolean {
  return binds(sockets).some(({ authority }) => authority === bind.authority)
}

/**
 * What a launch waits for must be something that can come.
 * @throws DevlaunchError `USAGE`
 */
export function checkWait({ timeout = 1, readyPath = '/' }: { timeout?: number; readyPath?: string }): void {
  if (!(timeout > 0 && timeout <= longestTimeout)) {
    throw new DevlaunchError('USAGE', `${timeout} ms is not a time to wait`, { hint: 'give up to 24 days' })
  }
  if (!/^\/(?![/\\])/.test(readyPath)) {
    throw new DevlaunchError('USAGE', `${quote(readyPath)} is not a path`, {
      hint: 'start it with one slash, for example /health',
    })
  }
}
