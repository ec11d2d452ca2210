import type { AnyAdapter } from '@devlaunch/core'
import { adapters } from '../packages/cli/src/adapters.ts'
import { fixtureOf, type Fixture as Tested } from '../packages/testkit/src/fixture.ts'

/** A server with an app of the testkit. */
export type Fixture = Tested & { readonly adapter: AnyAdapter }

export interface Mode {
  readonly name: 'plain' | 'reload' | 'workers'
  readonly reload: boolean
  readonly args: readonly string[]
}

export const fixtures: readonly Fixture[] = adapters.map((adapter) => ({ adapter, ...fixtureOf(adapter) }))

export function modesOf({ adapter, workers }: Fixture): readonly Mode[] {
  const modes: Mode[] = [{ name: 'plain', reload: false, args: [] }]
  if (typeof adapter.enforce.reload === 'function') modes.push({ name: 'reload', reload: true, args: [] })
  if (workers) modes.push({ name: 'workers', reload: false, args: workers })
  return modes
}

/** What `launch()` is told for it. */
export function optionsOf({ adapter, target }: Fixture, { reload, args }: Mode) {
  return { reload, args, ...(target && { [adapter.target.option]: target }) }
}
