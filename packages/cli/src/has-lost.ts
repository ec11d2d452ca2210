import { statOf } from '@devlaunch/core'
import { exists } from './processes.ts'

/**
 * Has the process gone that started this one, and had this number? Asked of the kernel where it tells, because `process`
 * is a copy in jest's sandbox, with a `ppid` that never changes.
 */
export function hasLost(runner: number): boolean {
  const parent = statOf('self')?.[1]
  return parent === undefined ? !exists(runner) : Number(parent) !== runner
}
