import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DevlaunchError, projectFolders, quote, type Running, running, show } from '@devlaunch/core'
import { portOf } from './ports.ts'

/** Which of the servers that run. */
export interface Wanted {
  /** Its name, or that of its adapter. Default: whichever it is. */
  readonly name: string | undefined
  readonly port?: number | undefined
  /** It is looked for here, and then in the folders above, up to the repository's root. Default: the working directory. */
  readonly cwd: string | undefined
  /** Who has started it. Default: whoever has. */
  readonly by?: Running['by']
}

/** Milliseconds between two looks. */
const pace = 100

/**
 * The one server that is meant. `timeout`: milliseconds in which it may become ready. Default: it is now.
 * @throws DevlaunchError `NOT_RUNNING`, or `USAGE` where several fit.
 */
export async function pick(wanted: Wanted, timeout = 0): Promise<Running> {
  const deadline = performance.now() + timeout
  for (;;) {
    const found = await near(wanted)
    const [one, another] = found
    if (another) throw several(found)
    if (one) return one
    if (performance.now() >= deadline) throw none(wanted, timeout)
    await sleep(Math.min(pace, Math.max(1, deadline - performance.now())))
  }
}

/** Of the nearest folder that has some: those that a person has started or, without any, those of programs. */
async function near({ name, port, cwd, by }: Wanted): Promise<readonly Running[]> {
  const all = (await running()).filter(
    (each) =>
      (port === undefined || portOf(each.urls.local) === port) && (by === undefined || each.by === by),
  )
  if (all.length === 0) return []
  const here = await realpath(resolve(cwd ?? '.')).catch(() => resolve(cwd ?? '.'))
  for (const folder of await projectFolders(here, process.env)) {
    const there = all.filter(({ project }) => project === folder)
    const byName = there.filter((each) => name === undefined || each.name === name)
    const found = byName.length > 0 ? byName : there.filter(({ server }) => server === name)
    const started = found.filter(({ by }) => by === 'command line')
    if (found.length > 0) return started.length > 0 ? started : found
  }
  return []
}

function none({ name, port, cwd }: Wanted, timeout: number): DevlaunchError {
  const what = `${name === undefined ? 'no server' : quote(name)}${port === undefined ? '' : ` on port ${port}`}`
  const runs = name === undefined ? 'runs' : 'does not run'
  const time = timeout > 0 ? `, nor has it within ${timeout / 1000} s` : ''
  return new DevlaunchError('NOT_RUNNING', `${what} ${runs} in ${show(resolve(cwd ?? '.'))}${time}`, {
    hint: 'devlaunch ps lists what runs; start it, or name its folder with --cwd',
  })
}

function several(found: readonly Running[]): DevlaunchError {
  const lines = found.map((each) => `  ${show(each.name)} --port ${portOf(each.urls.local)}`)
  return new DevlaunchError('USAGE', 'several servers run here', {
    output: lines.join('\n'),
    hint: 'say which: its name and, where two have the same, --port',
  })
}
