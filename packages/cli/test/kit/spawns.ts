import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** Every process that this one starts, by whatever way: Node says so itself. */
export interface Spawns extends Disposable {
  /** Those since the last question. */
  readonly take: () => ChildProcess[]
}

export function watchSpawns(): Spawns {
  let seen: ChildProcess[] = []
  const note = (message: unknown) => void seen.push((message as { process: ChildProcess }).process)
  subscribe('child_process', note)
  return {
    take: () => {
      const taken = seen
      seen = []
      return taken
    },
    [Symbol.dispose]: () => void unsubscribe('child_process', note),
  }
}
