import type { LaunchEvent } from '@devlaunch/core'
import { expect } from 'vitest'
import { eventually } from './trial.ts'

type Entry = LaunchEvent & { readonly at: number }

/** Keeps the events of a launch, with their times. */
export class Diary {
  readonly #entries: Entry[] = []

  readonly onEvent = (event: LaunchEvent): void => {
    this.#entries.push({ ...event, at: performance.now() })
  }

  /** What was told about serving, in order: `stalled childless`. */
  get stalls(): string[] {
    return this.#entries.flatMap((each) =>
      each.event === 'stalled' || each.event === 'recovered' ? `${each.event} ${each.reason}` : [],
    )
  }

  /** Milliseconds from `start` until the last of these was told, and nothing else was. */
  async until(stalls: readonly string[], start = 0): Promise<number> {
    await expect.poll(() => this.stalls, eventually).toEqual(stalls)
    const last = this.#entries.findLast(({ event }) => event === 'stalled' || event === 'recovered')
    return (last?.at ?? 0) - start
  }
}
