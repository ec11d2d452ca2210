import type { AnyAdapter } from '@devlaunch/core'
import { isApart } from './fixture.ts'

const variables = { oldest: 'DEVLAUNCH_TEST_OLDEST', newest: 'DEVLAUNCH_TEST_NEWEST' } as const

export type Age = 'oldest' | 'newest'

export interface Environment {
  readonly age: Age
  /** The folder of a virtual environment. */
  readonly python: string
}

/** The virtual environments with the oldest and the newest release of each server, or of this one. */
export function servers(adapter?: AnyAdapter): readonly Environment[] {
  const name = adapter && isApart(adapter) ? `-${adapter.name}` : ''
  return (['oldest', 'newest'] as const).map((age) => {
    // biome-ignore lint/style/noProcessEnv: how `npm test` tells
    const python = process.env[variables[age]]
    if (!python)
      throw new Error(`${variables[age]} is not set: run the tests with \`npm test\`, which makes it`)
    return { age, python: python + name }
  })
}
