import { setTimeout as sleep } from 'node:timers/promises'
import { carries, type Life, life, processes, survivors } from '../packages/testkit/src/kernel.ts'

/** The variable that everything inherits which is started for one run. */
export const mark = 'DEVLAUNCH_CONFORMANCE'

/**
 * Every process of one run, known by what can't be shaken off at once: its parent, its session, or a mark in its
 * environment. Read from /proc, not from the guard.
 */
export class Family {
  readonly mark: string
  readonly #known = new Map<number, Life>()

  constructor(text: string = crypto.randomUUID()) {
    this.mark = text
  }

  /** Looks around once; a child of a known one is known, also after its parent's death. */
  look(): void {
    const now = processes().filter(({ alive }) => alive)
    const news = now.filter(({ pid, started }) => this.#known.get(pid)?.started !== started)
    for (const each of news)
      if (carries(each.pid, `${mark}=${this.mark}`)) this.#known.set(each.pid, life(each))
    for (let grown = true; grown; ) {
      const related = news.filter((each) => !this.#has(each.pid, each.started) && this.#isOurs(each))
      for (const each of related) this.#known.set(each.pid, life(each))
      grown = related.length > 0
    }
  }

  /** Those that live, at the last look or before. */
  alive(): Life[] {
    return survivors([...this.#known.values()])
  }

  /**
   * Looks for so long, in case somebody was missed, and longer as long as somebody lives: at most 20 s.
   * @returns milliseconds until the last one had died, and who lives after the watch
   */
  async watch(seconds: number): Promise<{ time: number; survivors: Life[] }> {
    const start = performance.now()
    let last = 0
    for (
      let elapsed = 0, alive = 0;
      elapsed < (alive ? 20 : seconds) * 1000;
      elapsed = performance.now() - start
    ) {
      this.look()
      alive = this.alive().length
      if (alive > 0) last = performance.now() - start
      await sleep(last < elapsed - 200 ? 100 : 10)
    }
    return { time: last, survivors: this.alive() }
  }

  /** Ends whoever is left: a survivor of one run mustn't disturb the next. */
  end(): void {
    this.look()
    endAll(this.alive().map(({ pid }) => pid))
  }

  #has(pid: number, started: string): boolean {
    return this.#known.get(pid)?.started === started
  }

  /** A number is given anew after its process has died, but not within seconds. */
  #isOurs({ parent, session }: { readonly parent: number; readonly session: number }): boolean {
    return this.#known.has(parent) || this.#known.has(session)
  }
}

/** One may take another along: a guard its server. */
export function endAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // ESRCH: it has ended
    }
  }
}
