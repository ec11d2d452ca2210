import type { Readable } from 'node:stream'
import type { Interpreter } from './interpreter.ts'
import type { Logs, Stream } from './logs.ts'
import type { Plan } from './plan.ts'
import type { PrepareOptions } from './prepare.ts'
import type { Process, Refusal, Socket, Stall, Terminal } from './protocol.ts'
import type { Proof } from './wait.ts'
import type { Exit } from './watch.ts'

/** Everything a launch can be told, beside the adapter's own options. */
export interface LaunchOptions extends PrepareOptions {
  /** Ready means a status below 400 on this path. Default: any answer to `GET /`. */
  readonly readyPath?: string
  /** Milliseconds until it must be ready. Default 60 000. */
  readonly timeout?: number
  /**
   * Called with the server's output as it comes, not line by line: a prompt has no end of line. It is what the server
   * wrote, escape sequences included; print it through a `Cleaner`.
   *
   * Return a promise to be asked for patience: no more is read before it resolves, and the server waits when it has
   * filled its pipe. Once it is asked to end, nobody is waited for longer than a tenth of a second.
   */
  readonly onOutput?: (text: string, stream: Stream) => void | Promise<void>
  /** Called for each step of the server's life, until `exit`. */
  readonly onEvent?: (event: LaunchEvent) => void
  /** Gives the server a terminal of this size; what is read from `input` is typed there. Default: pipes. */
  readonly terminal?: Terminal & { readonly input: Readable }
}

/** What happens, in this order. A launch that lost its port to another process starts again from `planned`. */
export type LaunchEvent =
  | { readonly event: 'planned'; readonly plan: Plan; readonly python: Interpreter }
  | { readonly event: 'guard'; readonly python: string; readonly source: string }
  | { readonly event: 'started'; readonly pid: number }
  /** Of an earlier server, or of this one, if its guard was killed. */
  | { readonly event: 'cleaned'; readonly processes: readonly Process[] }
  | { readonly event: 'restarted'; readonly pid: number }
  | { readonly event: 'listening'; readonly sockets: readonly Socket[] }
  | { readonly event: 'ready'; readonly url: string; readonly proof: Proof }
  | { readonly event: 'strangers'; readonly sockets: readonly Socket[] }
  | { readonly event: 'exposed'; readonly sockets: readonly Socket[] }
  /** It runs and serves nobody. Before it is ready that is a failure, unless it is only `silent`. */
  | { readonly event: 'stalled' | 'recovered'; readonly reason: Stall }
  /** A process of the tree is in another network namespace, where its sockets can't be seen. Told once. */
  | ({ readonly event: 'unseen'; readonly cwd: string } & Process)
  | ({ readonly event: 'refused' } & Refusal)
  | ({ readonly event: 'exit' } & Exit)

/** A server that runs, is ours, and listens where it was meant to. */
export interface Server extends AsyncDisposable {
  /** With a numeric address and without a slash at the end: `http://127.0.0.1:8000`. */
  readonly url: string
  /**
   * Of its first process, which a reloader's or a master's children are below. After a reload of Flask's it is another
   * one: the guard is the reloader's parent there.
   */
  readonly pid: number
  /** What was run. */
  readonly plan: Plan
  readonly python: Interpreter
  /** What was seen when it became ready. */
  readonly proof: Proof
  /** What the adapter knows about this start: which app's runserver serves, for example. */
  readonly notes: readonly string[]
  /** Its last lines, as it goes on and as it wrote them: print them through a `Cleaner`. */
  readonly logs: Logs
  /** Resolves when the last process of its tree is gone; never rejects. */
  readonly exited: Promise<Exit>
  /** Every listening socket of the tree now, from the kernel. */
  sockets(): Promise<readonly Socket[]>
  /** For a server with a terminal. */
  resize(terminal: Terminal): void
  /** SIGINT, 3 s, SIGINT, 2 s, SIGKILL to whatever is left. Resolves when nothing is. */
  stop(): Promise<Exit>
  /** SIGKILL to the whole tree at once. */
  kill(): Promise<Exit>
}
