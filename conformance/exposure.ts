import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { project } from '../packages/cli/test/kit/project.ts'
import { descendants, listening } from '../packages/testkit/src/kernel.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'
import { command } from './command.ts'
import { type Exposure, exposures } from './exposures.ts'
import { Family } from './family.ts'

/** Milliseconds in which a server that is ready must be stopped, where it must be: how soon is another campaign's (late). */
const patience = 20_000

export const exposure: Campaign = {
  name: 'exposure',
  aim: 'whatever widens a listener: it ends on loopback or is stopped, and the message names the cause',
  runs: { full: 5, short: 1 },
  seconds: 1,
  folded: 'release',
  cases: (short) =>
    servers()
      .filter(({ age }) => !short || age === 'newest')
      .flatMap(({ age, python }) =>
        // what ends on loopback is tried by each adapter's own conformance test too
        exposures
          .filter(({ ends }) => !short || ends === 'stopped')
          .map((exposure) => ({
            what: { by: exposure.by, server: exposure.words[0], release: age },
            run: async (runs) => {
              const ends = []
              for (let run = 0; run < runs; run++) ends.push(await end(exposure, join(python, 'bin/python')))
              const different = ends.filter(({ miss }) => miss !== undefined)
              return {
                figures: { ends: exposure.ends, names: exposure.cause || '-', otherwise: different.length },
                misses: different.map(({ miss }) => `${exposure.by}, ${age}: ${miss}`),
              }
            },
          })),
      ),
}

/** How it ended, if that is not how it should. */
async function end(
  { words, files, env = {}, ends, cause }: Exposure,
  python: string,
): Promise<{ miss?: string }> {
  await using folder = await project(files)
  const [server, ...rest] = words
  const family = new Family()
  const options = { cwd: folder.path, mark: family.mark, env }
  const launcher = command([server, '--python', python, '--json', ...rest], options)
  try {
    const ready = await launcher.event('ready')
    family.look()
    // a thread of the app may open it a moment after the server has answered
    const ended = ends === 'stopped' && (await Promise.race([launcher.exited, sleep(patience)]))
    if (ready?.url && (ended === false || ended === undefined)) {
      const where = listening(descendants(launcher.pid))
      const planned = [new URL(ready.url).host]
      if (ends !== 'on loopback') return { miss: `it is ready, and listens on ${where}` }
      return String(where) === String(planned)
        ? {}
        : { miss: `it listens on ${where}, planned is ${planned}` }
    }
    const code = await launcher.exited
    const {
      message = '',
      output = '',
      hint = '',
    } = launcher.events.find(({ event }) => event === 'error') ?? {}
    const error = [message, output, hint].join('\n')
    const started = launcher.events.some(({ event }) => event === 'started')
    if (started !== (ends === 'stopped'))
      return { miss: `${ends} was meant, but it ended with ${code}: ${error}` }
    if (cause !== undefined && !names(error, cause)) return { miss: `${cause} isn't named: ${error}` }
    const left = (await family.watch(0.3)).survivors
    return left.length > 0 ? { miss: `pid ${left[0]?.pid} lives` } : {}
  } finally {
    family.end()
  }
}

/** A file of the project must be named as the cause, with its line: the command that is shown may name it too. */
function names(message: string, cause: string): boolean {
  return cause.endsWith('.py')
    ? new RegExp(`${cause}(?::|", line )\\d+`).test(message)
    : message.includes(cause)
}
