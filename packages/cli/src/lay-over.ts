import type { OwnOptions } from '@devlaunch/core'

/**
 * Options over those of a definition. Risks, arguments and variables are added to; of two that say where to listen, the
 * later one counts; of anything else as well.
 */
export function layOver(definition: OwnOptions, explicit: OwnOptions): OwnOptions {
  const said = Object.fromEntries(Object.entries(explicit).filter(([, value]) => value !== undefined))
  const { lan, lanFor, follow, ...elsewhere } = definition
  const { host, ...here } = definition
  const kept = explicit.host !== undefined ? elsewhere : explicit.lan ? here : definition
  const { args = [], env = {}, allow = [] } = definition
  return {
    ...kept,
    ...said,
    args: [...args, ...(explicit.args ?? [])],
    env: { ...env, ...explicit.env },
    allow: [...new Set([...allow, ...(explicit.allow ?? [])])],
  }
}
