import { DevlaunchError } from './errors.ts'
import type { Risk } from './policy.ts'
import { quote } from './quote.ts'
import { type Found, type Named, objections } from './survey.ts'

/** Why none of these is served on, with what there is. `several` are those of which each would do. */
export function refuse(
  wish: true | string,
  named: Named,
  these: readonly Found[],
  several: readonly Found[],
): DevlaunchError {
  if (several.length > 0) return ambiguous(wish, several)
  const [one] = these
  if (one && these.length === 1 && named !== 'nothing') return because(one, named)
  const where = wish === true ? 'this machine' : quote(wish)
  return new DevlaunchError('REFUSED', `--lan: ${where} has no private address to serve on`, {
    ...(these.length > 0 && { output: list(these, named) }),
    hint: hint(these, named),
  })
}

function ambiguous(wish: true | string, several: readonly Found[]): DevlaunchError {
  const names = new Set(several.map((one) => one.interface))
  const words = several.map((one) => `--lan=${word(names.size > 1 ? one.interface : one.host)}`)
  const summary =
    wish === true && names.size > 1
      ? '--lan: this machine is in several networks, and none of them is its way to the internet'
      : `--lan: ${[...names].map(quote).join(', ')} has several private addresses`
  return new DevlaunchError('REFUSED', summary, {
    output: list(several, 'nothing'),
    hint: `say which one: ${[...new Set(words)].join(' or ')}`,
  })
}

/** The one address that was named. */
function because(one: Found, named: Named): DevlaunchError {
  const { summary, hint } = remedy(one, named)
  return new DevlaunchError(
    'REFUSED',
    `--lan: refused to serve on ${one.host} of ${quote(one.interface)}: ${summary}`,
    {
      hint,
    },
  )
}

function remedy(one: Found, named: Named): { readonly summary: string; readonly hint: string } {
  const [rule] = objections(one, named)
  const anyway = (risk: Risk) => `--host ${one.host} --allow ${risk} serves whoever has a way to it`
  switch (rule?.code) {
    case 'zone':
      return {
        summary: 'an IPv6 link-local address is reached with a zone (%eth0), which no URL can have',
        hint: 'name an address of another kind, or leave out the name',
      }
    case 'alone':
      return {
        summary: `it is alone in its network (/${one.prefix}), so nobody is known whom to serve`,
        hint: anyway('lan-bind'),
      }
    case 'public':
      return { summary: `it is ${rule.reason}`, hint: anyway('public-bind') }
    default:
      return {
        summary: 'it is link-local: it is for a cable between two machines',
        hint: `--lan=${one.host} if that is what you have`,
      }
  }
}

function hint(these: readonly Found[], named: Named): string {
  const served = these.find((one) => objections(one, named)[0]?.code !== 'zone')
  if (named !== 'nothing' && served) return remedy(served, named).hint
  const would = these.filter((one) => objections(one, 'interface').length === 0)
  const words = [...new Set(would.map((one) => `--lan=${word(one.interface)}`))]
  return words.length > 0
    ? `${words.join(' or ')} if that is the network you mean; without --lan it is on 127.0.0.1`
    : 'join a network that gives this machine a private address; without --lan it is on 127.0.0.1'
}

function list(these: readonly Found[], named: Named): string {
  const rows = these.map((one) => {
    const reason = objections(one, named)[0]?.reason
    return [one.interface, `${one.host}/${one.prefix}`, reason ?? ''] as const
  })
  const [first, second] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map(([name, address, reason]) =>
      `  ${name.padEnd(first ?? 0)}  ${address.padEnd(second ?? 0)}  ${reason}`.trimEnd(),
    )
    .join('\n')
}

/** As one types it into a shell: Windows has names like `Wi-Fi 2`. */
function word(name: string): string {
  return /^[\w.:-]+$/.test(name) ? name : quote(name)
}
