import type { Plan } from './plan.ts'

/** The plan as a line for a POSIX shell, to be copied: it does what the launch does, without the proof. */
export function commandLine({
  file,
  args,
  env,
  unset,
}: Pick<Plan, 'file' | 'args' | 'env' | 'unset'>): string {
  const removed = unset.flatMap((name) => ['-u', quote(name)])
  const set = Object.entries(env).map(([name, value]) => quote(`${name}=${value}`))
  const prefix = removed.length > 0 ? ['env', ...removed, ...set] : set
  return [...prefix, quote(file), ...args.map(quote)].join(' ')
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
