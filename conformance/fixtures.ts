import type { AnyAdapter } from '@devlaunch/core'
import { adapters } from '../packages/cli/src/adapters.ts'
import { fixtureOf, type Fixture as Tested } from '../packages/testkit/src/fixture.ts'
import { type Age, servers } from '../packages/testkit/src/servers.ts'

/** A server with an app of the testkit. */
export type Fixture = Tested & { readonly adapter: AnyAdapter }

export interface Mode {
  readonly name: 'plain' | 'reload' | 'workers'
  readonly reload: boolean
  readonly args: readonly string[]
}

export const fixtures: readonly Fixture[] = adapters.map((adapter) => ({ adapter, ...fixtureOf(adapter) }))

/** Those of the server that are tested at this age: some have one of their own. */
export function pythonOf({ adapter }: Fixture, wanted: Age): string {
  const found = servers(adapter).find(({ age }) => age === wanted)
  if (!found) throw new Error(`there is no environment for ${adapter.name}`)
  return found.python
}

/** Those that its releases of this age know. */
export function modesOf(
  { adapter, workers, oldestWorkers = true }: Fixture,
  age: Age = 'newest',
): readonly Mode[] {
  const modes: Mode[] = [{ name: 'plain', reload: false, args: [] }]
  if (typeof adapter.enforce.reload === 'function') modes.push({ name: 'reload', reload: true, args: [] })
  if (workers && (age === 'newest' || oldestWorkers))
    modes.push({ name: 'workers', reload: false, args: workers })
  return modes
}

/** What `launch()` is told for it. */
export function optionsOf({ adapter, target }: Fixture, { reload, args }: Mode) {
  return { reload, args, ...(target && { [adapter.target.option]: target }) }
}
