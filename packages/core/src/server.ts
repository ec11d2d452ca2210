import type { Readable } from 'node:stream'
import type { Interpreter } from './interpreter.ts'
import type { Lan } from './lan.ts'
import type { Listing } from './listing.ts'
import type { Logs, Stream } from './logs.ts'
import type { Plan } from './plan.ts'
import type { PrepareOptions } from './prepare.ts'
import type { Process, Refusal, Socket, Stall, Terminal } from './protocol.ts'
import type { Running } from './registry.ts'
import type { Proof } from './wait.ts'
import type { LogWait } from './wait-for-log.ts'
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
  /**
   * Milliseconds after which the server leaves the network of `lan` and goes on on loopback; time that the machine
   * sleeps counts. Default: it stays.
   */
  readonly lanFor?: number
  /**
   * What happens when the address of `lan` is taken from this machine, because it joins another network for example:
   * `true`: the address is chosen again, as `lan` says, as soon as there is one. Default `false`: it stays on loopback.
   */
  readonly follow?: boolean
  /** Called for each step of the server's life, until `exit`. */
  readonly onEvent?: (event: LaunchEvent) => void
  /** What others find it by, `devlaunch url` for example. Default: the adapter's name and the target, as one types them. */
  readonly name?: string
  /** Gives the server a terminal of this size; what is read from `input` is typed there. Default: pipes. */
  readonly terminal?: Terminal & { readonly input: Readable }
}

/** What devlaunch's own parts can say besides: the command line, and what stands in front of a server. */
export interface OwnOptions extends LaunchOptions {
  /** The folder that others find it by, and those below it. Default: `cwd`. */
  readonly project?: string
  /** Who launches it: one that a person has started from a command line isn't started twice. Default `library`. */
  readonly by?: Running['by']
  /** Who tells others of it, where it is a part of something that is told of as a whole. Default: `launch`. */
  readonly listing?: Pick<Listing, 'update' | 'remove'>
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
  | { readonly event: 'ready'; readonly url: string; readonly urls: Urls; readonly proof: Proof }
  | { readonly event: 'strangers'; readonly sockets: readonly Socket[] }
  | { readonly event: 'exposed'; readonly sockets: readonly Socket[] }
  /** It runs and serves nobody. Before it is ready that is a failure, unless it is only `silent`. */
  | { readonly event: 'stalled' | 'recovered'; readonly reason: Stall }
  /** A process of the tree is in another network namespace, where its sockets can't be seen. Told once. */
  | ({ readonly event: 'unseen'; readonly cwd: string } & Process)
  | ({ readonly event: 'refused' } & Refusal)
  /** Another process of this user has asked for its end: `devlaunch stop`, `stopRunning`. */
  | { readonly event: 'stopping' }
  /**
   * Whose devices can reach it has changed: those of this network, until that time (milliseconds since 1970), or nobody's
   * any more; because somebody has asked for that, the time was over, or the address has gone from this machine or come.
   */
  | {
      readonly event: 'lan'
      readonly lan: Lan | undefined
      readonly until: number | undefined
      readonly reason: 'asked' | 'time' | 'address'
    }
  | ({ readonly event: 'exit' } & Exit)

/** Where a server is reached, each with a numeric address and without a slash at the end. */
export interface Urls {
  /** From this machine: `http://127.0.0.1:8000`. */
  readonly local: string
  /** From the devices of a network: `http://192.168.1.20:8000`; `undefined` on loopback. */
  readonly network: string | undefined
}

/** A server that runs, is ours, and listens where it was meant to. */
export interface Server extends AsyncDisposable {
  /** `urls.local` */
  readonly url: string
  /** Where it is reached now. */
  readonly urls: Urls
  /** The network whose devices can reach it now. */
  readonly lan: Lan | undefined
  /** When it leaves that network, in milliseconds since 1970. */
  readonly until: number | undefined
  /**
   * Of its first process, which a reloader's or a master's children are below. After a reload of Flask's it is another
   * one: the guard is the reloader's parent there.
   */
  readonly pid: number
  /** The processes that own it: its guard and, where something stands in front of it, that one's. */
  readonly guards: readonly number[]
  /** What was run. */
  readonly plan: Plan
  /** What was run in front of it, where something was: everybody reaches that, and only that. */
  readonly front?: Plan | undefined
  readonly python: Interpreter
  /** What was seen when it became ready. */
  readonly proof: Proof
  /** What the adapter knows about this start: which app's runserver serves, for example. */
  readonly notes: readonly string[]
  /** What its clients on a network get that they perhaps shouldn't, or don't get. */
  readonly warnings: readonly string[]
  /** Its last lines, as it goes on and is started again, as it wrote them: print them through a `Cleaner`. */
  readonly logs: Logs
  /** Resolves when the last process of its tree is gone; never rejects. */
  readonly exited: Promise<Exit>
  /**
   * `fetch` of a path of its, wherever it is reached now. An https front has whatever certificate it was given: let
   * your process trust it (`NODE_EXTRA_CA_CERTS`).
   * @throws DevlaunchError `USAGE` for what leads to another server.
   */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /**
   * The first line, without colours, that matches: of those in `logs`, and then of those that come, also when it is
   * started again.
   * @throws DevlaunchError `NOT_READY` after `timeout` milliseconds (default 30 000), `FAILED` when the server has ended,
   * `ABORTED` by `signal`.
   */
  waitForLog(pattern: string | RegExp, options?: LogWait): Promise<string>
  /** Every listening socket of the tree now, from the kernel. */
  sockets(): Promise<readonly Socket[]>
  /** For a server with a terminal. */
  resize(terminal: Terminal): void
  /**
   * Starts it again on an address of a network, at the same port; `wish` as in `Wishes.lan`, default `true`.
   * `milliseconds` as in `LaunchOptions.lanFor`.
   * @throws DevlaunchError as `launch` does; where the choice of the address failed, it runs on as it was.
   */
  expose(wish?: true | string, milliseconds?: number): Promise<Urls>
  /** Starts it again on loopback, at the same port. Before that it has ended, so nobody is still connected. */
  unexpose(): Promise<Urls>
  /** Starts it again, on the same address. */
  restart(): Promise<Urls>
  /** SIGINT, 3 s, SIGINT, 2 s, SIGKILL to whatever is left. Resolves when nothing is. */
  stop(): Promise<Exit>
  /** SIGKILL to the whole tree at once. */
  kill(): Promise<Exit>
}
