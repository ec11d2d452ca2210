import { readFileSync } from 'node:fs'
import { DevlaunchError, statOf } from '@devlaunch/core'
import { Printer } from './print.ts'
import { exists } from './processes.ts'
import { type Ancestor, nameOf, scriptOf } from './runners.ts'
import type { Signals } from './signals.ts'
import type { Parent } from './values.ts'

/** Milliseconds between two looks: one reads a line of /proc for each process. */
const pace = 500

/** More ancestors than any script has. */
const most = 64

/**
 * Ends us as a SIGTERM does as soon as one of the processes that we belong to has gone. A script runner that is killed,
 * and npm also when it is only asked to end, leaves behind what it has started.
 * @throws DevlaunchError `USAGE` where there is no such process
 */
export function endWithParent(wish: Parent, signals: Signals): void {
  const isGone =
    wish === false ? undefined : process.platform === 'linux' ? watched(wish) : watchedBlindly(wish)
  if (!isGone) return
  const timer = setInterval(() => {
    const gone = isGone()
    if (gone === undefined) return
    clearInterval(timer)
    if (signals.aborted.aborted) return // a Ctrl-C ends a script runner sooner than a server
    const text = `${gone} has gone, which this was started by. Ending too; --no-with-parent goes on.`
    process.stderr.write(new Printer(process.stderr).answer(text))
    signals.end()
  }, pace)
  timer.unref()
}

/** Who has gone, in words; `undefined`: nobody has. */
type Question = () => string | undefined

function watched(wish: Exclude<Parent, false>): Question | undefined {
  const ancestors = typeof wish === 'number' ? [named(wish)] : ancestorsOf(process.ppid)
  const script = typeof wish === 'number' ? ancestors : scriptOf(ancestors)
  const all = script.length === 0 && wish === true ? ancestors.slice(0, 1) : script
  if (all.length === 0) return undefined
  return () => {
    const gone = all.findLast(({ pid, started }) => look(pid)?.started !== started)
    return gone && `${nameOf(gone)} (pid ${gone.pid})`
  }
}

/** Where nobody tells who our ancestors are, only the end of our own parent is seen. */
function watchedBlindly(wish: Exclude<Parent, false>): Question | undefined {
  if (typeof wish === 'number') return () => (exists(wish) ? undefined : `pid ${wish}`)
  if (wish === undefined && process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  return () => (process.ppid === parent && exists(parent) ? undefined : `pid ${parent}`)
}

function named(pid: number): Ancestor {
  const found = look(pid)
  if (found) return { pid, started: found.started, words: wordsOf(pid) }
  throw new DevlaunchError('USAGE', `--with-parent ${pid}: there is no such process`, {
    hint: 'give the number of one that runs, or leave it out',
  })
}

/** The nearest first, as far as they can be seen. */
function ancestorsOf(pid: number): readonly Ancestor[] {
  const found: Ancestor[] = []
  for (let next = pid; next > 1 && found.length < most; ) {
    const seen = look(next)
    if (!seen) break
    found.push({ pid: next, started: seen.started, words: wordsOf(next) })
    next = seen.parent
  }
  return found
}

/** `undefined` for one that has ended, a zombie included. */
function look(pid: number): { readonly parent: number; readonly started: string } | undefined {
  const [state = 'X', parent, ...rest] = statOf(pid) ?? []
  return 'ZX'.includes(state) ? undefined : { parent: Number(parent), started: rest[17] ?? '' }
}

function wordsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
  } catch {
    return [] // it has ended
  }
}
