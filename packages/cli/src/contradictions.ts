import { quote } from '@devlaunch/core'
import { adapters } from './adapters.ts'
import type { Config, Definition } from './definition.ts'
import { areRivals } from './ports.ts'
import type { Source } from './read-config.ts'

/** What is wrong, where, and what to do about it. */
export interface Mistake {
  readonly path: readonly PropertyKey[]
  readonly what: string
  readonly hint: string
}

/** What the definitions say against themselves and each other; each alone is as it may be. */
export function contradictions(config: Config, at: Source['at']): Mistake[] {
  return [...within(config), ...clashes(config, at)]
}

function within(config: Config): Mistake[] {
  return Object.entries(config).flatMap(([name, each]) => {
    const { enforce } = adapters.find((adapter) => adapter.name === each.server) ?? {}
    const mistake = (key: keyof Definition, what: string, hint: string): Mistake => ({
      path: [name, key],
      what,
      hint,
    })
    const needing = (keys: readonly (keyof Definition)[], needed: keyof Definition) =>
      keys
        .filter((key) => each[key] !== undefined && !each[needed])
        .map((key) => mistake(key, `it needs "${needed}"`, `add "${needed}", or leave it out`))
    const absent = (key: 'debug' | 'reload', row: 'debugger' | 'reload') =>
      each[key] && enforce?.[row] === 'absent'
        ? [mistake(key, `${each.server} has no such thing`, 'leave it out')]
        : []
    return [
      ...(each.host !== undefined && each.lan
        ? [
            mistake(
              'host',
              '"lan" says where to listen, too',
              'leave one of them out; "lan" takes an address, too',
            ),
          ]
        : []),
      ...needing(['lanFor', 'follow'], 'lan'),
      ...needing(['frontStatic', 'tls'], 'front'),
      ...absent('debug', 'debugger'),
      ...absent('reload', 'reload'),
    ]
  })
}

/** A port is a first choice, and the next one will do: but for a server that wants that port or none. */
function clashes(config: Config, at: Source['at']): Mistake[] {
  const all = Object.entries(config).filter(([, { port }]) => port !== undefined)
  return all.flatMap(([name, each], index) => {
    const other = all.slice(0, index).find(([, other]) => areRivals(each, other))
    if (!other) return []
    const what = `${each.port} is the port of ${quote(other[0])}, too (${at(other[0], 'port')})`
    return [{ path: [name, 'port'], what, hint: 'give one of them another port' }]
  })
}
