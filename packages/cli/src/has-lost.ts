import { readFileSync } from 'node:fs'

/**
 * Has the process gone that started this one, and had this number? Asked of the kernel where it tells, because `process`
 * is a copy in jest's sandbox, with a `ppid` that never changes.
 */
export function hasLost(runner: number): boolean {
  const now = parent()
  if (now !== undefined) return now !== runner
  try {
    return !process.kill(runner, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** proc_pid_stat(5) */
function parent(): number | undefined {
  try {
    const text = readFileSync('/proc/self/stat', 'latin1')
    return Number(text.slice(text.lastIndexOf(') ') + 2).split(' ')[1])
  } catch {
    return undefined // no Linux
  }
}
