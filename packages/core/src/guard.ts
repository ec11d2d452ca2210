import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import type { Duplex, Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { readMessages } from './channel.ts'
import { DevlaunchError } from './errors.ts'
import { killGroup, killTree } from './kill.ts'
import type { Bind } from './policy.ts'
import type { Answer, GuardEvent, Process, Socket, StartMessage, Terminal } from './protocol.ts'

export interface Guard {
  /** Everything it says, in order, from the first event on. */
  readonly onEvent: (listener: (event: GuardEvent) => void) => void
  readonly stdin: Writable | null
  readonly stdout: Readable
  readonly stderr: Readable
  readonly start: (message: StartMessage) => void
  /** Where a server listens that decides that itself. */
  readonly plan: (bind: Pick<Bind, 'host' | 'port'>) => void
  /** It is ready: look less often. */
  readonly settle: () => void
  readonly sockets: () => Promise<readonly Socket[]>
  readonly holders: (port: number) => Promise<readonly Socket[]>
  /** Ends what guards that were killed have left. */
  readonly clean: () => Promise<readonly Process[]>
  readonly resize: (terminal: Terminal) => void
  /** SIGINT, `graces[0]` seconds, SIGINT, `graces[1]` seconds, SIGKILL. */
  readonly stop: (graces: readonly number[]) => void
  readonly kill: () => void
  /** It has been told to end the server. */
  readonly ending: Promise<void>
  /** Its end, after the last of its output; says why if it was not the one we asked for. */
  readonly ended: Promise<string | undefined>
}

/**
 * Milliseconds that a guard is given: to say that it is there (28 usually; hundreds may start at once), to answer, to
 * end a tree after the last grace, to hand over its last output.
 */
const patience = { hello: 30_000, answer: 2000, end: 7000, output: 300 }

const program = fileURLToPath(new URL('../guard/__main__.py', import.meta.url))

/**
 * Starts the guard under this interpreter. It does nothing until it is told to.
 * `terminal`: we have the user's, whose settings the guard restores if we are killed.
 * `timeout`: milliseconds in which it must say that it is there, if they are less than it is given anyway.
 */
export function openGuard(
  python: string,
  terminal: boolean,
  timeout: number = Number.POSITIVE_INFINITY,
): Guard {
  // Not through execa: loading it takes longer than starting the guard (docs/decisions.md).
  const guard = spawn(python, ['-I', '-S', program, ...(terminal ? ['terminal'] : [])], {
    stdio: [terminal ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
    cwd: dirname(program),
    windowsHide: true,
  })
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>()
  const { promise: ending, resolve: hurry } = Promise.withResolvers<void>()
  const { promise: greeted, resolve: greet } = Promise.withResolvers<void>()
  // biome-ignore lint/suspicious/noExplicitAny: who asks knows the kind of answer
  const questions = new Map<number, (value: any) => void>()
  let over = false
  let hello: NodeJS.Timeout | undefined
  guard.on('error', (error) => finish(`${python} can't be run: ${error.message}`))
  if (!guard.stdio)
    throw new DevlaunchError('FAILED', 'no process can be started: too many files are open (EMFILE)', {
      hint: 'allow more, for example: ulimit -n 1024',
    })
  const [stdin, stdout, stderr, channel] = guard.stdio as unknown as [
    Writable | null,
    Readable,
    Readable,
    Duplex,
  ]
  const listeners: ((event: GuardEvent) => void)[] = []
  const said: GuardEvent[] = []
  let nextQuestion = 0
  let asked = false
  let server: number | undefined
  let complaint: string | undefined

  const send = (message: object) => {
    if (channel.writable) channel.write(`${JSON.stringify(message)}\n`)
  }
  const ask = <Item>(question: object) =>
    new Promise<readonly Item[]>((resolve) => {
      if (over) return resolve([])
      questions.set(++nextQuestion, resolve)
      send({ ...question, id: nextQuestion })
      void greeted.then(() => setTimeout(resolve, patience.answer, []).unref())
    })
  const kill = () => {
    // once it has ended, its number may be somebody else's
    if (guard.pid !== undefined && guard.exitCode === null && guard.signalCode === null) killTree(guard.pid)
  }
  const insist = (seconds: number) => {
    asked = true
    hurry()
    if (!said.length) kill() // it has started nothing, and may not be a guard at all
    setTimeout(kill, seconds * 1000 + patience.end).unref()
  }
  const giveUp = (reason: string) => {
    complaint ??= reason
    kill()
  }
  const untilHello = Math.min(timeout, patience.hello)
  const silent = `${python} didn't run it within ${untilHello / 1000} s`
  // what has arrived while this process was busy is read first
  hello = setTimeout(() => setImmediate(() => said.length === 0 && giveUp(silent)), untilHello)

  const tell = (event: GuardEvent) => {
    said.push(event)
    for (const listener of listeners) listener(event)
  }
  readMessages<GuardEvent | Answer>(
    channel,
    (message) => {
      clearTimeout(hello)
      greet()
      if (message.event === 'answer') {
        questions.get(message.id)?.(message.value)
        questions.delete(message.id)
        return
      }
      if (message.event === 'started' || message.event === 'restarted') server = message.pid
      if (message.event === 'gone') server = undefined
      tell(message)
    },
    (garbage) => giveUp(`${python} didn't run it, but something that said ${JSON.stringify(garbage)}`),
  )
  for (const stream of [stdin, channel]) stream?.on('error', () => {}) // ECONNRESET, EPIPE: its end is told below

  function finish(reason: string | undefined): void {
    over = true
    clearTimeout(hello)
    end(reason) // first, because it tells more than an empty answer
    for (const answer of questions.values()) answer([])
  }
  guard.on('exit', async (code, signal) => {
    // a survivor may hold the output open for ever; what it still says is nobody's concern, unless nothing has been
    // read because somebody reads slowly
    const timer = setInterval(() => {
      for (const stream of [stdout, stderr]) if (asked || !stream.isPaused()) stream.destroy()
    }, patience.output)
    guard.on('close', () => clearInterval(timer))
    if (server !== undefined) {
      killGroup(server) // its first process has died with the guard: the kernel saw to that
      const processes = await endLeftovers(python)
      if (processes.length > 0) tell({ event: 'cleaned', processes })
    }
    finish(complaint ?? (signal ? `it was ended by ${signal}` : code ? `exit code ${code}` : undefined))
  })
  return {
    onEvent: (listener) => {
      for (const event of said) listener(event)
      listeners.push(listener)
    },
    stdin,
    stdout,
    stderr,
    start: (message) => send({ do: 'start', ...message }),
    plan: ({ host, port }) => send({ do: 'plan', address: host, port }),
    settle: () => send({ do: 'ready' }),
    sockets: () => ask({ do: 'sockets' }),
    holders: (port) => ask({ do: 'holders', port }),
    clean: () => ask({ do: 'clean' }),
    resize: (terminal) => send({ do: 'resize', ...terminal }),
    stop: (graces) => {
      send({ do: 'stop', graces })
      insist(graces.reduce((sum, grace) => sum + grace, 0))
    },
    kill: () => {
      send({ do: 'kill' })
      insist(0)
    },
    ending,
    ended,
  }
}

async function endLeftovers(python: string): Promise<readonly Process[]> {
  try {
    const guard = openGuard(python, false)
    const ended = await guard.clean()
    guard.kill()
    await guard.ended
    return ended
  } catch {
    return [] // no process can be started: the next start ends them
  }
}

/** Who listens on a port of this machine, at whatever address. */
export async function whoHolds(python: string, port: number): Promise<readonly Socket[]> {
  const guard = openGuard(python, false)
  const found = await guard.holders(port)
  guard.kill()
  await guard.ended
  return found
}
