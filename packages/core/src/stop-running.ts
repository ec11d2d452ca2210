import { setTimeout as sleep } from 'node:timers/promises'
import { DevlaunchError } from './errors.ts'
import { isGuard, type Life, lives } from './life.ts'
import { show } from './quote.ts'
import type { Running } from './registry.ts'

/** Milliseconds: the guard's whole ladder, a kill that takes long, and a machine that is busy. */
const longest = 20_000

/** Milliseconds between two looks. */
const pace = 20

/**
 * Ends a server that another process has launched, as its launcher would: its guard is told to (SIGUSR1), and the
 * launcher goes on, because it may be a test runner. A command line ends with its server, and is waited for too.
 *
 * The guard's start time is read again in the turn in which it is sent the signal: for it to reach somebody else, the
 * guard would have to end and all process numbers be used up in between.
 *
 * @throws DevlaunchError `FAILED` if it doesn't end in time.
 */
export async function stopRunning({ name, guards, launcher, by }: Running): Promise<void> {
  const [guard] = guards
  if (!guard || !(await isGuard(guard))) return
  try {
    process.kill(guard.pid, process.platform === 'win32' ? 'SIGKILL' : 'SIGUSR1') // its job ends with it there
  } catch {
    // ESRCH: it has ended
  }
  const deadline = performance.now() + longest
  const ended = await Promise.all(guards.map((each) => end(each, deadline)))
  if (by === 'command line') await end(launcher, deadline)
  if (ended.every(Boolean)) return
  throw new DevlaunchError('FAILED', `${show(name)} has been told to end, and still runs`, {
    hint: `look for what keeps its guard (pid ${guard.pid})`,
  })
}

async function end(life: Life, deadline: number): Promise<boolean> {
  while (await lives(life)) {
    if (performance.now() > deadline) return false
    await sleep(pace)
  }
  return true
}
