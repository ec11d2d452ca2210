import type { Reach } from './address.ts'
import type { Plan } from './plan.ts'

/** A socket that anybody can send to, as the kernel shows it, with the process that holds it. */
export interface Socket {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  readonly reach: Reach
  /** Connections that nobody has accepted yet; `null` where the system doesn't tell. */
  readonly queue: number | null
  readonly pid: number | null
  readonly pids: readonly number[]
  readonly command: string
  readonly cwd: string
}

/** A bind that the hook refused before it happened, in which process and at which line. */
export interface Refusal extends Omit<Socket, 'pid' | 'pids'> {
  readonly pid: number
  /** An absolute path, as Python knows it; `<string>` and the like where there is none. */
  readonly file: string
  readonly line: number
}

/** A process, as a person recognises it. */
export interface Process {
  readonly pid: number
  readonly command: string
}

/** Why a server that runs serves nobody (docs/errors.md). */
export type Stall = 'childless' | 'respawning' | 'unaccepted' | 'silent'

/** What the guard says (docs/guard.md). */
export type GuardEvent =
  | { readonly event: 'guard'; readonly pid: number; readonly python: string; readonly sockets: string }
  | { readonly event: 'started'; readonly pid: number; readonly record: boolean }
  | { readonly event: 'cleaned'; readonly processes: readonly Process[] }
  | { readonly event: 'restarted'; readonly pid: number }
  | { readonly event: 'taken'; readonly code: string }
  | { readonly event: 'failed'; readonly reason: string; readonly file: string }
  | { readonly event: 'unsealable'; readonly reason: string; readonly file: string | null }
  | {
      readonly event: 'listening'
      readonly sockets: readonly Socket[]
      readonly neighbours: readonly Socket[]
    }
  /** Where the app may listen that decides that itself: all of the tree's listeners on loopback. */
  | { readonly event: 'candidates'; readonly sockets: readonly Socket[] }
  | { readonly event: 'strangers'; readonly sockets: readonly Socket[] }
  | { readonly event: 'exposed'; readonly sockets: readonly Socket[] }
  /** Another process of this user has asked for the end of the server (stop-running.ts), and the guard ends it. */
  | { readonly event: 'stopping' }
  /** The time in which it may run is over, and the guard ends it. */
  | { readonly event: 'expired' }
  /** Whether the kernel drops what comes from outside the planned subnet: told of a listener at the planned address. */
  | { readonly event: 'filtered'; readonly filtered: boolean; readonly reason: string }
  | { readonly event: 'stalled' | 'recovered'; readonly reason: Exclude<Stall, 'silent'> }
  | ({ readonly event: 'unseen'; readonly cwd: string } & Process)
  | ({ readonly event: 'refused' } & Refusal)
  | {
      readonly event: 'gone'
      /** The exit status, or the negative number of the signal; `null` for a process that could not be ended. */
      readonly exit: number | null
      readonly killed: readonly Process[]
      readonly survivors: readonly Process[]
    }

/** The answer to a question with this `id`. */
export interface Answer {
  readonly event: 'answer'
  readonly id: number
  readonly value: unknown
}

/** The size of a terminal, in characters. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
}

/** The order to start a server. */
export interface StartMessage
  extends Pick<
    Plan,
    'file' | 'args' | 'cwd' | 'env' | 'unset' | 'interrupt' | 'ignored' | 'listener' | 'restart' | 'seal'
  > {
  readonly address: string
  readonly port: number
  /** In CIDR notation: the kernel drops what comes from elsewhere. */
  readonly subnet: string | null
  /** Seconds from now after which the guard ends the server; time that the machine sleeps counts. */
  readonly lifetime: number | null
  readonly terminal: Terminal | null
  /** One that was made for the server, and is removed after its end. */
  readonly folder: string | null
}
