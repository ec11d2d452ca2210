import type { Plan } from './plan.ts'

type Command = Pick<Plan, 'file' | 'args' | 'env' | 'unset' | 'reasons'>

/**
 * The plan as a line for a shell (bash, zsh; $'...' is POSIX since 2024), to be copied: it does what the launch does,
 * without the hook, the proof and the guard's socket (a shell has no descriptor 3). Values of the user's own variables
 * are left out.
 */
export function commandLine(plan: Command): string {
  const { file, args, env, unset } = withoutGuard(withoutSecrets(plan))
  const removed = unset.flatMap((name) => ['-u', quote(name)])
  const set = Object.entries(env).map(([name, value]) => `${quote(name)}=${quote(value)}`)
  const odd = Object.keys(env).some((name) => !/^[A-Za-z_]\w*$/.test(name)) // only env can set such a one
  const prefix = removed.length > 0 || odd ? ['env', ...removed, ...set] : set
  return [...prefix, quote(file), ...args.map(quote)].join(' ')
}

/** Without the hook nobody reads them. */
const forHook = /^DEVLAUNCH_(?:OVERLAY|ALLOWED_HOSTS)$/

/** What only a process below the guard can use is left out, and what it stood in front of comes back. */
function withoutGuard(plan: Command): Command {
  const guards = plan.reasons.filter(({ field }) => field === 'hook' || field === 'socket')
  const others = plan.reasons.filter((reason) => !guards.includes(reason)).map(({ env }) => env)
  const names = new Set(guards.flatMap(({ env }) => Object.keys(env)))
  const words = new Set(guards.flatMap(({ args }) => args))
  const rest = Object.entries(plan.env).filter(([name]) => !names.has(name))
  const all: Plan['env'] = Object.assign(Object.fromEntries(rest), ...others)
  const env = Object.fromEntries(Object.entries(all).filter(([name]) => !forHook.test(name)))
  const [first, left] = leftOut(plan.reasons)
  const args = plan.args.flatMap((word) => (word === first ? left : words.has(word) ? [] : [word]))
  return { ...plan, args, env }
}

/** The first word of the guard's socket, and the arguments that it stands in place of. */
function leftOut(reasons: Plan['reasons']): [string | undefined, readonly string[]] {
  const socket = reasons.find(({ instead }) => instead)
  return [socket?.args[0], reasons.find(({ field }) => field === socket?.instead)?.args ?? []]
}

/** A command is printed, logged and pasted into issues: a user's own variables are there without their values. */
export function withoutSecrets<P extends Pick<Plan, 'env' | 'reasons'>>(plan: P): P {
  const ours = new Set(plan.reasons.flatMap((reason) => Object.keys(reason.env)))
  const shown = Object.entries(plan.env).map(([name, value]) => [name, ours.has(name) ? value : '...'])
  return { ...plan, env: Object.fromEntries(shown) }
}

function quote(word: string): string {
  if (word.search(unseen) >= 0) return `$'${word.replace(/['\\]/g, '\\$&').replaceAll(unseen, bytes)}'`
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** What ends a line, or is acted upon by a terminal, or turns the text around it. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

function bytes(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`) // octal: \x41 would take a digit that follows
    .join('')
}
