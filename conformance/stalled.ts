import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch, type Server } from '@devlaunch/core'
import { uvicorn } from '@devlaunch/uvicorn'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'
import { milliseconds, percentile, worst } from './figures.ts'

/** Milliseconds in which it must be told of, and after which it counts as not told. */
const limit = 2000
const patience = 10_000

/** Makes a server half dead; resolves when it is, with what makes it as it was. */
type Cause = (server: Server, folder: string) => Promise<() => Promise<void>>

const causes: readonly (readonly [how: string, reload: boolean, cause: Cause])[] = [
  ['the child of a reloader is killed', true, killChild],
  ['a syntax error is saved', true, saveError],
  ['the event loop is blocked, with a reloader', true, block],
  ['the event loop is blocked', false, block],
]

export const stalled: Campaign = {
  name: 'stalled',
  aim: `a server that runs and serves nobody: told of within ${limit / 1000} s`,
  runs: { full: 20, short: 1 },
  seconds: 4,
  cases: (short) =>
    servers()
      .filter(({ age }) => !short || age === 'newest')
      .flatMap(({ age, python }) =>
        causes.map(([how, reload, cause]) => ({
          what: { server: 'uvicorn', release: age, how },
          run: async (runs) => {
            const times: (number | undefined)[] = []
            for (let run = 0; run < runs; run++) times.push(await once(python, reload, cause))
            const told = times.filter((time) => time !== undefined)
            const misses = told.length < runs ? [`${how}, ${age}: told in ${told.length} of ${runs}`] : []
            // among the tests the machine is busy
            if (!short && worst(told) > limit) misses.push(`${how}, ${age}: ${milliseconds(worst(told))}`)
            const figures = {
              told: told.length,
              median: milliseconds(percentile(told, 0.5)),
              worst: milliseconds(worst(told)),
            }
            return { figures, misses }
          },
        })),
      ),
}

/** Milliseconds until it was told; `undefined`: it wasn't. */
async function once(python: string, reload: boolean, cause: Cause): Promise<number | undefined> {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-stalled-'))
  try {
    await copyFile(join(import.meta.dirname, 'apps/stalls.py'), join(cwd, 'stalls.py'))
    const told = Promise.withResolvers<number>()
    await using server = await launch(uvicorn, {
      ...{ app: 'stalls:app', cwd, python, reload },
      onEvent: ({ event }) => {
        if (event === 'stalled') told.resolve(performance.now())
      },
    })
    const mend = await cause(server, cwd)
    const since = performance.now()
    const at = await Promise.race([told.promise, sleep(patience, undefined)])
    await mend()
    return at && at - since
  } finally {
    await rm(cwd, { recursive: true })
  }
}

async function killChild({ url }: Server) {
  process.kill(Number(await (await fetch(url)).text()), 'SIGKILL')
  return async () => {}
}

async function saveError(server: Server, folder: string) {
  const save = () => void writeFile(join(folder, 'stalls.py'), 'async def app(:\n')
  const again = setInterval(save, 500) // a reloader misses what is saved before its first look
  await server.waitForLog(/SyntaxError/).finally(() => clearInterval(again))
  return async () => {}
}

/** Somebody has to wait for it: a server that nobody asks may take its time. */
async function block({ url }: Server, folder: string) {
  const flag = join(folder, 'blocked')
  const asked = fetch(`${url}/block`)
  while (!existsSync(flag)) await sleep(5)
  const waiting = connect(Number(new URL(url).port), '127.0.0.1')
  return async () => {
    await rm(flag)
    await asked
    waiting.destroy()
  }
}
