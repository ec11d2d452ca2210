import { describe, expect, test } from 'vitest'
import { campaigns } from './campaigns.ts'

/** The short form: a few runs of each case. `npm run conformance` has the figures. */
const tried = campaigns.filter(({ cases }) => cases(true).length > 0)

describe.each(tried)('$name', ({ cases, runs }) => {
  const named = cases(true).map((each) => ({ name: Object.values(each.what).join(', '), ...each }))
  test.for(named)('$name', { timeout: 120_000 }, async ({ run }) => {
    const { misses } = await run(runs.short)
    expect(misses).toEqual([])
  })
})
