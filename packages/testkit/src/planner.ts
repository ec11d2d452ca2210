import {
  type Adapter,
  type Plan,
  type PlanOptions,
  parseAddress,
  plan,
  release,
  resolvePolicy,
  type Wishes,
} from '@devlaunch/core'

/** What a plan depends on besides the adapter's options. */
export interface Situation extends Wishes {
  readonly host?: string
  /** `null`: it can't be told. Default: the newest release. */
  readonly version?: string | null
  readonly env?: Readonly<Record<string, string>>
}

/** The plan of one adapter in a made-up place, for the tables of its test. `given`: options of every plan. */
export type Planned<Options> = (options?: Partial<Options> & PlanOptions, situation?: Situation) => Plan

/** Plans of one adapter in a made-up place, for the tables of its test. `given`: options of each. */
export function planner<Options extends object>(
  adapter: Adapter<Options>,
  newest: string | undefined,
  given?: Partial<Options>,
): Planned<Options> {
  return (options, { host = '127.0.0.1', version = newest, env = {}, ...wishes } = {}) => {
    const address = parseAddress(host)
    if (!address) throw new Error(`${host} is not an address`)
    const policy = resolvePolicy(wishes, address, adapter.port)
    return plan(adapter, { ...given, ...options } as Options & PlanOptions, policy, {
      python: '/py',
      release: release(version ?? undefined),
      cwd: '/shop',
      env,
      platform: 'linux',
      terminal: true,
    })
  }
}
