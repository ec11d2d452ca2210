import type { Plan } from './plan.ts'

/**
 * The plan as a line for a POSIX shell, to be copied: it does what the launch does, without the proof. Values of the
 * user's own variables are left out, and so is the guard's socket: a shell has no descriptor 3.
 */
export function commandLine(plan: Command): string {
  const { file, args, env, unset } = withoutSocket(withoutSecrets(plan))
  const removed = unset.flatMap((name) => ['-u', quote(name)])
  const set = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
  const prefix = removed.length > 0 ? ['env', ...removed, ...set] : set
  return [...prefix, quote(file), ...args.map(quote)].join(' ')
}

type Command = Pick<Plan, 'file' | 'args' | 'env' | 'unset' | 'reasons'>

function withoutSocket(plan: Command): Command {
  const [socket] = plan.reasons.filter(({ field }) => field === 'socket')
  if (!socket) return plan
  const others = plan.reasons.filter((reason) => reason !== socket).map(({ env }) => env)
  const rest = Object.entries(plan.env).filter(([name]) => !(name in socket.env))
  const env: Plan['env'] = Object.assign(Object.fromEntries(rest), ...others)
  return { ...plan, args: plan.args.filter((word) => !socket.args.includes(word)), env }
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
