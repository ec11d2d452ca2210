import { type Flooded, type Flooding, flood, type Holder } from '@devlaunch/testkit'
import { expect, test } from 'vitest'
import { newestPython } from './kit/cli.ts'

const megabyte = 1_000_000

/** MB that the launcher and its guard may grow. */
const most = { node: 64, guard: 10 }

const cases: readonly (readonly [Flooding, Holder, number])[] = [
  ['lines', 'pipe', 200],
  ['endless', 'pipe', 200],
  ['endless', 'silence', 200],
  ['lines', 'json', 50],
  ['wide', 'json', 20],
  ['empty', 'json', 5],
  ['broken', 'silence', 20],
  ['wide', 'callback', 20],
]

test.each(cases)('%s, held by %s, %d MB: the memory is bounded', async (kind, holder, size) => {
  const seen = await flood({ python: newestPython(), kind, holder, bytes: size * megabyte })
  expectBounded(seen)
  if (holder === 'pipe') expect(seen.read).toBeGreaterThanOrEqual(size * megabyte)
})

test('a reader that stops for a while stops the server for as long, and gets everything', async () => {
  const size = 50 * megabyte
  const pause = 1500
  const seen = await flood({ python: newestPython(), kind: 'lines', holder: 'pipe', bytes: size, pause })
  expectBounded(seen)
  expect(seen.seconds).toBeGreaterThan(pause / 1000)
  expect(seen.read).toBeGreaterThanOrEqual(size)
})

function expectBounded({ node, guard, answered, exit }: Flooded): void {
  expect(node).toBeLessThan(most.node)
  expect(guard).toBeLessThan(most.guard)
  expect(answered).toBe(true)
  expect([0, 143]).toContain(exit)
}
