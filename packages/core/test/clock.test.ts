import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * A clock that is set, or a machine that was asleep, must end nobody. Time namespaces don't shift the wall clock, so
 * this is a test of the sources: Node's timers, performance.now() and Python's time.monotonic() don't follow it.
 */
test.each([
  ['../src/', /\bDate\b/],
  ['../guard/', /\btime\.(?!monotonic\(|sleep\()\w+|\bdatetime\b/],
  ['../../cli/src/', /\bDate\b/],
])('no deadline in %s is by the wall clock', (folder, wallClock) => {
  const url = new URL(folder, import.meta.url)
  const files = readdirSync(url).filter((name) => /\.(?:ts|py)$/.test(name))
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((name) => wallClock.test(readFileSync(new URL(name, url), 'utf8')))).toEqual([])
})
