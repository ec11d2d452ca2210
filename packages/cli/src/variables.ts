import { portOf } from './ports.ts'

/**
 * What a test's command is told of its servers: DEVLAUNCH_URL, _PORT and _HOST of the first, DEVLAUNCH_<NAME>_URL and so
 * on of each.
 */
export function variables(
  servers: readonly { readonly name: string; readonly url: string }[],
): Record<string, string> {
  const told = new Map<string, string>()
  for (const [index, { name, url }] of servers.entries()) {
    const word = name.toUpperCase().replace(/\W/g, '_')
    let prefix = `DEVLAUNCH_${word}`
    for (let count = 2; told.has(`${prefix}_URL`); count++) prefix = `DEVLAUNCH_${word}_${count}`
    for (const each of index === 0 ? ['DEVLAUNCH', prefix] : [prefix]) tell(told, each, url)
  }
  return Object.fromEntries(told)
}

function tell(told: Map<string, string>, prefix: string, url: string): void {
  const { origin, hostname } = new URL(url)
  told.set(`${prefix}_URL`, origin)
  told.set(`${prefix}_PORT`, `${portOf(url)}`)
  told.set(`${prefix}_HOST`, hostname.replace(/^\[|\]$/g, ''))
}
