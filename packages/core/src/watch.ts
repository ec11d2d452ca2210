import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { AnyAdapter } from './adapter.ts'
import type { DevlaunchError } from './errors.ts'
import { exposed, refused } from './exposed.ts'
import { guardLost } from './failure.ts'
import type { Guard } from './guard.ts'
import type { Log, Stream } from './logs.ts'
import { pace } from './pace.ts'
import type { Plan } from './plan.ts'
import type { Process, Refusal, Socket } from './protocol.ts'
import type { Doom } from './wait.ts'

/** How a server ended. */
export interface Exit {
  /** The server's own status; `null` if a signal ended it. */
  readonly code: number | null
  /** The number of the signal that ended it, or `null`. */
  readonly signal: number | null
  /** Processes that had to be killed because they didn't end by themselves. */
  readonly killed: readonly Process[]
  /** Processes of other users (setuid programs) that could not be killed. */
  readonly survivors: readonly Process[]
  /** Why devlaunch ended it: `EXPOSED`, or `GUARD_LOST`. */
  readonly error: DevlaunchError | undefined
}

/** Milliseconds in which the rest of a traceback follows the line that told of it. */
const restOfTraceback = 200

/** Keeps the output and hands it on. `complete`: its last byte has come. */
export function watchOutput(
  guard: Guard,
  adapter: AnyAdapter,
  log: Log,
  onOutput: (text: string, stream: Stream) => unknown,
  isReady: () => boolean,
): { readonly doom: Doom; readonly complete: Promise<unknown> } {
  const { promise: told, resolve } = Promise.withResolvers<void>()
  const doom = { certain: false, told }
  const fatal = adapter.hints.filter((hint) => hint.fatal)
  let recent = ''
  const look = (text: string) => {
    if (isReady() || doom.certain) return
    const seen = recent + text
    recent = seen.slice(-8192)
    if (!fatal.some(({ match }) => match.test(seen))) return
    doom.certain = true
    // what has arrived while this process was busy is read first
    setTimeout(() => setImmediate(resolve), restOfTraceback)
  }
  const listen = (stream: Readable, name: Stream) => {
    stream.setEncoding('utf8')
    pace(stream, guard.ending, (text) => {
      log.add(text, name)
      look(text)
      return onOutput(text, name)
    })
    return finished(stream).catch(() => {})
  }
  return { doom, complete: Promise.all([listen(guard.stdout, 'stdout'), listen(guard.stderr, 'stderr')]) }
}

/** Resolves when the tree is gone and its last output has arrived. */
export async function watchEnd(guard: Guard, plan: Plan, complete: Promise<unknown>): Promise<Exit> {
  let gone: { exit: number | null; killed: readonly Process[]; survivors: readonly Process[] } | undefined
  let wide: readonly Socket[] | undefined
  let refusal: Refusal | undefined
  guard.onEvent((event) => {
    if (event.event === 'gone') gone = event
    if (event.event === 'exposed') wide = event.sockets
    if (event.event === 'refused') refusal = event
  })
  const [lost] = await Promise.all([guard.ended, complete])
  const error = refusal ? refused(refusal, plan) : wide && exposed(wide, plan)
  const { exit, killed, survivors } = gone ?? { exit: null, killed: [], survivors: [] }
  return {
    code: exit !== null && exit >= 0 ? exit : null,
    signal: exit !== null && exit < 0 ? -exit : null,
    killed,
    survivors,
    error: (await error) ?? (gone ? undefined : guardLost(plan, lost ?? 'it ended')),
  }
}
