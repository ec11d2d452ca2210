import { afterEach, expect, test, vi } from 'vitest'
import { Deadline } from '../src/deadline.ts'

afterEach(() => void vi.restoreAllMocks())

test.each([
  ['both clocks go on', 600, 600, 400],
  ['somebody sets the clock back', -3_600_000, 600, 400],
  ['the machine has slept', 3_600_000, 10, 0],
  ['its time is over', 1000, 1000, 0],
])('%s: what remains is what either clock leaves', (_, wall, awake, remaining) => {
  const [now, since] = [Date.now(), performance.now()]
  vi.spyOn(Date, 'now').mockReturnValue(now)
  vi.spyOn(performance, 'now').mockReturnValue(since)
  const deadline = new Deadline(1000)
  vi.spyOn(Date, 'now').mockReturnValue(now + wall)
  vi.spyOn(performance, 'now').mockReturnValue(since + awake)
  expect(deadline.remaining).toBeCloseTo(remaining)
})
