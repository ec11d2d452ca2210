import type { Guard } from './guard.ts'
import type { GuardEvent } from './protocol.ts'
import type { LaunchEvent } from './server.ts'

/** Hands on what the guard says, as far as it concerns who launched. */
export function handOn(
  guard: Guard,
  onEvent: (event: LaunchEvent) => void,
  onStart: (event: { readonly pid: number }) => void,
): void {
  guard.onEvent((event) => {
    if (event.event === 'guard') onEvent({ event: 'guard', python: event.python, source: event.sockets })
    if (event.event === 'started' || event.event === 'restarted') {
      onStart(event)
      onEvent(event)
    }
    if (isHandedOn(event)) onEvent(event)
  })
}

const handedOn = [
  ...(['listening', 'strangers', 'exposed', 'refused'] as const),
  ...(['stalled', 'recovered', 'unseen', 'cleaned', 'stopping'] as const),
]

function isHandedOn(event: GuardEvent): event is GuardEvent & { event: (typeof handedOn)[number] } {
  return handedOn.some((name) => name === event.event)
}

/** A throw in a user's callback is theirs to see, as in any listener; it doesn't stop us from ending the server. */
export function safely<Values extends unknown[], Result>(
  callback: ((...values: Values) => Result) | undefined,
) {
  return (...values: Values): Result | undefined => {
    try {
      return callback?.(...values)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
