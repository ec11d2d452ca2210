import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * A clock that is set, or a machine that was asleep, must end nobody. Time namespaces don't shift the wall clock, so
 * this is a test of the sources: Node's timers, performance.now() and Python's time.monotonic() don't follow it. The time
 * on a network is the exception, which goes on while the machine sleeps (deadline.ts, lifetime.py) and is shown (control.ts,
 * reach.ts); and since when a server runs is told to other processes (listing.ts, ps.ts).
 */
test.each([
  ['../src/', /\bDate\b/, ['deadline.ts', 'listing.ts']],
  ['../guard/', /\btime\.(?!monotonic\(|sleep\()\w+|\bdatetime\b/, ['lifetime.py']],
  ['../../cli/src/', /\bDate\b/, ['control.ts', 'ps.ts', 'reach.ts']],
])('no deadline in %s is by the wall clock', (folder, wallClock, exceptions) => {
  const url = new URL(folder, import.meta.url)
  const files = readdirSync(url).filter((name) => /\.(?:ts|py)$/.test(name))
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((name) => wallClock.test(readFileSync(new URL(name, url), 'utf8')))).toEqual(exceptions)
})
