import type { Plan } from './plan.ts'

type Command = Pick<Plan, 'file' | 'args' | 'env' | 'unset' | 'reasons'>

/**
 * The plan as a line for a POSIX shell, to be copied: it does what the launch does, without the hook, the proof and
 * the guard's socket (a shell has no descriptor 3). Values of the user's own variables are left out.
 */
export function commandLine(plan: Command): string {
  const { file, args, env, unset } = withoutGuard(withoutSecrets(plan))
  const removed = unset.flatMap((name) => ['-u', quote(name)])
  const set = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
  const prefix = removed.length > 0 ? ['env', ...removed, ...set] : set
  return [...prefix, quote(file), ...args.map(quote)].join(' ')
}

/** What only a process below the guard can use is left out, and what it stood in front of comes back. */
function withoutGuard(plan: Command): Command {
  const guards = plan.reasons.filter(({ field }) => field === 'hook' || field === 'socket')
  const others = plan.reasons.filter((reason) => !guards.includes(reason)).map(({ env }) => env)
  const names = new Set(guards.flatMap(({ env }) => Object.keys(env)))
  const words = new Set(guards.flatMap(({ args }) => args))
  const rest = Object.entries(plan.env).filter(([name]) => !names.has(name))
  const env: Plan['env'] = Object.assign(Object.fromEntries(rest), ...others)
  return { ...plan, args: plan.args.filter((word) => !words.has(word)), env }
}

/** A command is printed, logged and pasted into issues: a user's own variables are there without their values. */
export function withoutSecrets<P extends Pick<Plan, 'env' | 'reasons'>>(plan: P): P {
  const ours = new Set(plan.reasons.flatMap((reason) => Object.keys(reason.env)))
  const shown = Object.entries(plan.env).map(([name, value]) => [name, ours.has(name) ? value : '...'])
  return { ...plan, env: Object.fromEntries(shown) }
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
