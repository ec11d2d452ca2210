/** Milliseconds. Node takes a longer one for 1 ms: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
export const longestTimeout: number = 2 ** 31 - 1

/**
 * A moment, by two clocks: the one on the wall, which somebody can set back, and the one that stands still while the
 * machine sleeps. It has come when either says so.
 */
export class Deadline {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly #awake: number

  /** So many milliseconds from now. */
  constructor(milliseconds: number) {
    this.time = Date.now() + milliseconds
    this.#awake = performance.now() + milliseconds
  }

  /** Milliseconds; 0 when it has come. */
  get remaining(): number {
    return Math.max(0, Math.min(this.time - Date.now(), this.#awake - performance.now()))
  }
}
