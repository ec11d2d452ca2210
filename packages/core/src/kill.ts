import { readdirSync, readFileSync } from 'node:fs'

/** SIGKILL to a process and, on Linux, to everything below it. They are listed first: orphans have another parent. */
export function killTree(pid: number): void {
  for (const each of [pid, ...descendants(pid)]) kill(each)
}

/** SIGKILL to what is left of the group that this process has led. */
export function killGroup(leader: number): void {
  kill(-leader)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ESRCH: it has ended
  }
}

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)])
}

function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'))
    return lists.join(' ').split(' ').filter(Boolean).map(Number)
  } catch {
    return [] // it has ended, or this system has no /proc
  }
}
