import { readFileSync } from 'node:fs'

/**
 * What stands in proc_pid_stat(5) behind the command: state, ppid, pgrp, session, tty_nr, tpgid and so on. `undefined` for
 * a process that isn't there, and where there is no /proc.
 */
export function statOf(pid: number | 'self'): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(') ') + 2).split(' ') // a command may contain parentheses
  } catch {
    return undefined
  }
}

/** A zombie included, and what is somebody else's. */
export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
