import type { AnyAdapter } from './adapter.ts'
import { authority } from './address.ts'
import { backgroundCause } from './cause.ts'
import { commandLine } from './command.ts'
import { DevlaunchError, type ErrorCode, type ErrorParts } from './errors.ts'
import { exposed, refused } from './exposed.ts'
import type { Plan } from './plan.ts'
import { cannotListen } from './port.ts'
import type { Socket, Stall } from './protocol.ts'
import type { Setback } from './wait.ts'

export interface Scene {
  readonly adapter: AnyAdapter
  readonly plan: Plan
  /** Everything the server printed, as far as it was kept. */
  readonly output: string
  /** Milliseconds that it was given. */
  readonly timeout: number
  /** Asks who listens on the planned port. */
  readonly holders: () => Promise<readonly Socket[]>
}

/** Why the server didn't become ready, for a person. */
export async function explainSetback(setback: Setback, scene: Scene): Promise<DevlaunchError> {
  const { adapter, plan, output } = scene
  const fail = (code: ErrorCode, summary: string, parts: ErrorParts = {}) =>
    new DevlaunchError(code, summary, { command: commandLine(plan), python: plan.python, ...parts })
  switch (setback.kind) {
    case 'aborted':
      return fail('ABORTED', `the launch of ${plan.server} was called off`)
    case 'exposed':
      return exposed(setback.sockets, plan)
    case 'refused':
      return refused(setback.refusal, plan)
    case 'lost':
      return guardLost(plan, setback.reason, {
        ...withTail(output),
        command: commandLine(plan),
        python: plan.python,
      })
    case 'not-run':
      if (setback.file === 'SO_ATTACH_FILTER') {
        const { bind, subnet } = plan.policy
        const why = `the kernel refuses the filter (${setback.file}: ${setback.reason})`
        return fail('FAILED', `${bind.authority} can't be kept to ${subnet}: ${why}`, {
          hint: 'leave out --lan, or start it outside of what forbids it, a container for example',
        })
      }
      return fail('FAILED', `${setback.file} can't be run: ${setback.reason}`, {
        hint:
          plan.file === plan.python
            ? 'name another Python with --python'
            : 'try it by itself; a script needs a first line that names what runs it (#!)',
      })
    case 'stalled':
      return fail('FAILED', `${plan.server} could not start: ${stalls[setback.reason]}`, {
        ...withTail(output),
        hint:
          adapter.hints.find(({ match }) => match.test(output))?.hint ??
          'look for what ends it while the app is imported: sys.exit(), os._exit(), a crash in native code',
      })
    case 'strangers':
      return portTaken(plan.policy.bind.authority, setback.sockets)
    case 'taken':
      if (setback.code !== 'EADDRINUSE') return cannotListen(setback.code, plan.policy.bind)
      return portTaken(plan.policy.bind.authority, await scene.holders())
    case 'unsealable':
      return fail('REFUSED', `${plan.server} can't be sealed here: ${setback.reason}`, {
        hint: 'leave out --seal, or use Linux 6.7 or newer with Landlock, outside of a container that forbids it',
      })
    case 'late':
      return fail('NOT_READY', late(setback, scene), {
        ...withTail(output),
        hint: isDeaf(setback, plan)
          ? 'let the app listen where HOST and PORT say, or name its own port with --port'
          : 'give it more time with --timeout, or name a path that answers with --ready-path',
      })
    case 'doomed':
    case 'gone': {
      // the app may have wanted a busy port of its own
      const holders = addressInUse.test(output)
        ? (await scene.holders()).filter((each) => isInTheWay(each, plan))
        : []
      if (holders.length > 0) return portTaken(plan.policy.bind.authority, holders)
      const exit = setback.kind === 'gone' ? `, ${describeExit(setback.exit)}` : ''
      const known = adapter.hints.find(({ match }) => match.test(output))
      const background = setback.kind === 'gone' && setback.exit === 0 && (await backgroundCause(plan.cwd))
      return fail('FAILED', `${plan.server} could not start: ${reason(output, known?.match)}${exit}`, {
        ...(background ? { output: `likely cause: ${background}` } : withTail(output)),
        hint:
          missingModule(output, plan) ??
          sealedOff(output, plan) ??
          known?.hint ??
          generalHint(output, setback),
      })
    }
  }
}

/** GUARD_LOST: nobody ends a guard on purpose, and one that never started is its Python's fault. */
export function guardLost({ server }: Plan, reason: string, parts: ErrorParts = {}): DevlaunchError {
  return new DevlaunchError('GUARD_LOST', `the guard of ${server} is gone: ${reason}`, {
    ...parts,
    hint: /EAGAIN/.test(reason)
      ? 'allow more processes (ulimit -u), or end some'
      : 'look for what ended it (out of memory, kill); if nothing did, name another Python with --python',
  })
}

const stalls: Readonly<Record<Stall, string>> = {
  childless: 'the process that should answer has ended, and no other is started',
  respawning: 'its workers end as soon as they are started',
  unaccepted: 'it accepts no connection',
  silent: 'it gives no answer',
}

/** "Python on Linux: Errno 98, on macOS: Errno 48"; Django: "That port is already in use." */
const addressInUse =
  /address already in use|port is already in use|EADDRINUSE|only one usage of each socket address/i

function isInTheWay({ address }: Socket, { policy }: Plan): boolean {
  return address === policy.bind.host || /^(?:0\.0\.0\.0|::)$/.test(address)
}

export function isPortRace(error: unknown): boolean {
  return error instanceof DevlaunchError && error.code === 'PORT_TAKEN'
}

/**
 * Somebody had the port, and was gone when it was asked who. A launcher that looks whether a port is free listens on
 * it for a moment, and that can be the moment in which a server binds the address that is reserved for it.
 */
export function isPassingRace(error: unknown): boolean {
  return error instanceof DevlaunchError && error.code === 'FAILED' && addressInUse.test(error.output ?? '')
}

/** PORT_TAKEN, with everybody who listens on that port. */
export function portTaken(where: string, holders: readonly Socket[]): DevlaunchError {
  const list = holders.map((holder) => describeHolder(holder, where)).join('; ')
  return new DevlaunchError('PORT_TAKEN', `${where} is taken${list && ` by ${list}`}`, {
    hint: 'end that process, or choose another --port',
  })
}

/** A socket's process, for a person; the address is left out where it has been named. */
export function describeHolder({ pid, command, cwd, address, port }: Socket, named?: string): string {
  const where = authority(address, port)
  const who =
    pid === null ? 'a process of another user' : `pid ${pid} (${command || 'unknown'}${cwd && `, in ${cwd}`})`
  return where === named ? who : `${who}, on ${where}`
}

function late({ status, sockets }: Setback & { kind: 'late' }, { plan, timeout }: Scene): string {
  const found = plan.listener === 'found'
  const planned = found ? 'loopback' : plan.policy.bind.authority
  const time = `within ${timeout / 1000} s`
  if (status !== undefined) return `${plan.server} answered ${status} on ${planned}, nothing better ${time}`
  const where = sockets
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ address, port }) => authority(address, port))
  const there = found ? where : where.filter((each) => each === planned)
  if (there.length > 0) return `${plan.server} listens on ${there.join(', ')} but gave no answer ${time}`
  const instead = where.length > 0 ? `; it listens on ${where.join(', ')} instead` : ''
  return `${plan.server} did not listen on ${planned} ${time}${instead}`
}

/** An app that decides where it listens, and not where it is told to. */
function isDeaf({ sockets }: Setback & { kind: 'late' }, { listener, unenforced }: Plan): boolean {
  return listener === 'own' && unenforced.includes('bind') && sockets.length > 0
}

function describeExit(exit: number | null): string {
  if (exit === null) return 'it could not be ended'
  if (exit >= 0) return exit === 0 ? 'it ended without an error (exit code 0)' : `exit code ${exit}`
  return `ended by signal ${-exit}`
}

/** The exception's own line; without one, the line that is known; without that, the last that says anything. */
function reason(output: string, known: RegExp | undefined): string {
  const lines = output.split('\n').map((line) => line.trimEnd())
  const line =
    lines.findLast((line) => exception.test(line)) ??
    lines.findLast((line) => known?.test(line)) ??
    lines.findLast((line) => /error|fail|can't|cannot/i.test(line)) ??
    lines.findLast((line) => line !== '') ??
    'it printed nothing'
  return line.trim().replace(/^error:\s*|\.$/gi, '')
}

/** The last line of a traceback: `shop.errors.NoStock: none left` */
const exception =
  /^(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Configured|NotReady|Exit|Found|Denied)\b(?::.*)?$/

/** From the last traceback on, or the last lines. */
function withTail(output: string): ErrorParts {
  const lines = output.trimEnd().split('\n')
  const start = lines.findLastIndex((line) => line.startsWith('Traceback (most recent call last)'))
  const tail = start >= 0 && lines.length - start <= 60 ? lines.slice(start) : lines.slice(-25)
  return output ? { output: tail.join('\n') } : {}
}

/** Said first, because it can name the command; a server's own hint can't. */
function missingModule(output: string, plan: Plan): string | undefined {
  const name = /No module named '([^'.]+)/.exec(output)?.[1]
  return (
    name &&
    `check the name, and the folder (${plan.cwd}), or install the package that has ${name} into ${plan.python}`
  )
}

function sealedOff(output: string, { seal }: Plan): string | undefined {
  if (!seal || !/PermissionError|permission denied/i.test(output)) return undefined
  return 'let the app open no TCP listener, on loopback neither, or leave out --seal'
}

function generalHint(output: string, setback: Setback): string {
  if (/permission denied|EACCES/i.test(output))
    return 'check the rights of the files and the port that it names'
  if (setback.kind === 'gone' && setback.exit === 0)
    return 'a server that goes to the background is ended: switch that off'
  if (output === '') return 'run the command above by itself: whatever ends the server says nothing'
  return 'mend what it says; the command above runs it without devlaunch'
}
