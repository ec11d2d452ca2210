import { readFileSync, statSync } from 'node:fs'
import { question } from './question.ts'

/** A process, told from a later one with the same number by the time it started, as the system writes that. */
export interface Life {
  readonly pid: number
  readonly started: string
}

/** `undefined` for a process that has ended, or can't be looked at. */
export async function lifeOf(pid: number): Promise<Life | undefined> {
  const started = process.platform === 'linux' ? ticks(pid) : await tell(pid)
  return started ? { pid, started } : undefined
}

/** Is it still this one? */
export async function lives({ pid, started }: Life): Promise<boolean> {
  return (await lifeOf(pid))?.started === started
}

/**
 * Is it still this one, and a guard? Whoever can write an entry must not have another process sent a signal by us. Only
 * Linux tells what a process runs without a program that has to be asked.
 */
export async function isGuard(life: Life): Promise<boolean> {
  return (await lives(life)) && (process.platform !== 'linux' || runsGuard(life.pid))
}

/** As `openGuard` starts it. */
function runsGuard(pid: number): boolean {
  try {
    const [, ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const [isolated, , program = ''] = words
    return isolated === '-I' && program.endsWith('/guard/__main__.py')
  } catch {
    return false // it has ended
  }
}

/**
 * Where process numbers mean what they mean here, as the guard writes it (guard/records.py): this boot and, because a
 * container may share the folder, this PID namespace. Elsewhere than on Linux start times are dates.
 */
export function place(): string {
  here ??= read()
  return here
}

/** It is the same as long as we live, and asked for with every entry. */
let here: string | undefined

function read(): string {
  if (process.platform !== 'linux') return 'here.'
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot}.${statSync('/proc/self/ns/pid').ino}.`
}

/** Clock ticks after the boot. A zombie has ended. */
function ticks(pid: number): string | undefined {
  const fields = statOf(pid) ?? []
  return 'ZX'.includes(fields[0] ?? 'Z') ? undefined : fields[19]
}

/**
 * What stands in https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html behind the command: state, ppid, pgrp,
 * session, tty_nr, tpgid and so on. `undefined` for a process that isn't there, and where there is no /proc.
 */
export function statOf(pid: number | 'self'): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(') ') + 2).split(' ') // a command may contain parentheses
  } catch {
    return undefined
  }
}

/** macOS and Windows: written from the manuals, not tested there. */
async function tell(pid: number): Promise<string | undefined> {
  const told =
    process.platform === 'win32'
      ? await question('powershell', ['-NoProfile', `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`], {})
      : await question('ps', ['-o', 'lstart=', '-p', `${pid}`], {})
  return 'answer' in told ? told.answer.trim() : undefined
}
