import type { LaunchEvent } from '@devlaunch/core'
import { expect } from 'vitest'

/** Keeps the events of a launch. */
export class Diary {
  readonly #entries: LaunchEvent[] = []

  readonly onEvent = (event: LaunchEvent): void => {
    this.#entries.push(event)
  }

  /** What was told about serving, in order: `stalled childless`. */
  get stalls(): string[] {
    return this.#entries.flatMap((each) =>
      each.event === 'stalled' || each.event === 'recovered' ? `${each.event} ${each.reason}` : [],
    )
  }

  /** Until these were told, and nothing else was. */
  async until(stalls: readonly string[]): Promise<void> {
    await expect.poll(() => this.stalls).toEqual(stalls)
  }
}
