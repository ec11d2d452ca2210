import type { Plan, Reason } from './plan.ts'

/**
 * The plan as a line for a POSIX shell, to be copied: it does what the launch does, without the hook and the proof.
 * Values of the user's own variables are left out.
 */
export function commandLine(plan: Pick<Plan, 'file' | 'args' | 'env' | 'unset' | 'reasons'>): string {
  const { file, args, unset, ...shown } = withoutSecrets(plan)
  const env = withoutHook(shown)
  const removed = unset.flatMap((name) => ['-u', quote(name)])
  const set = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
  const prefix = removed.length > 0 ? ['env', ...removed, ...set] : set
  return [...prefix, quote(file), ...args.map(quote)].join(' ')
}

/** A command is printed, logged and pasted into issues: a user's own variables are there without their values. */
export function withoutSecrets<P extends Pick<Plan, 'env' | 'reasons'>>(plan: P): P {
  const ours = new Set(plan.reasons.flatMap((reason) => Object.keys(reason.env)))
  const shown = Object.entries(plan.env).map(([name, value]) => [name, ours.has(name) ? value : '...'])
  return { ...plan, env: Object.fromEntries(shown) }
}

function withoutHook({ env, reasons }: Pick<Plan, 'env' | 'reasons'>): Record<string, string> {
  const named = (field: Reason['field']) => reasons.find((reason) => reason.field === field)?.env ?? {}
  const hook = named('hook')
  const others = Object.entries(env).filter(([name]) => !(name in hook))
  return { ...Object.fromEntries(others), ...named('user') }
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
