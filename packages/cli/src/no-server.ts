import { DevlaunchError, quote, show } from '@devlaunch/core'
import { meant } from './meant.ts'

/** USAGE: nothing has this name. `place`: where it was looked for, if that was one file. */
export function noServer(name: string, names: readonly string[], place?: string): DevlaunchError {
  const near = meant(name, names)
  const where = place === undefined ? '' : ` in ${show(place)}`
  return new DevlaunchError('USAGE', `there is no server ${quote(name)}${where}`, {
    hint: `${near ? `did you mean "${near}"? ` : ''}one of: ${names.join(', ')}`,
  })
}
