import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch } from '@devlaunch/core'
import { wsgi } from '@devlaunch/wsgi'
import { descendants, listening, parentOf } from '../packages/testkit/src/kernel.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import type { Campaign } from './campaign.ts'

const apps = join(import.meta.dirname, 'apps')

/** Listeners of other programs that appear meanwhile. */
const neighbours = 50

export const calm: Campaign = {
  name: 'calm',
  aim: `debugpy, a multiprocessing manager, a database's client, a client bound to 0.0.0.0, ${neighbours} wide listeners of other programs: 0 stops`,
  runs: { full: 120, short: 1 },
  seconds: 5,
  cases: () =>
    servers()
      .filter(({ age }) => age === 'newest') // has debugpy
      .map(({ age, python }) => ({
        what: { server: 'wsgi', release: age },
        run: (runs) => watch(python, runs * 5),
      })),
}

/** One server, for so many seconds. */
async function watch(python: string, seconds: number) {
  await using server = await launch(wsgi, { app: 'calm', cwd: apps, python })
  let stopped: string | undefined
  void server.exited.then(({ error }) => {
    stopped ??= error?.message ?? 'it ended'
  })
  await fetch(`${server.url}/start`)
  const others = await listenWide(python, seconds)
  await sleep(1000)
  const own = listening(descendants(parentOf(server.pid))).length
  const misses = stopped ? [`stopped: ${stopped}`] : []
  // its own, debugpy's two, the manager's, three more
  if (!stopped && own < 6) misses.push(`only ${own} listeners are there: this campaign proves nothing`)
  if (others < neighbours) misses.push(`only ${others} listeners of other programs`)
  return {
    figures: { seconds, 'own listeners': own, "others' wide listeners": others, stops: stopped ? 1 : 0 },
    misses,
  }
}

/** How many listened while the time passed. */
async function listenWide(python: string, seconds: number): Promise<number> {
  const args = ['-I', '-S', join(apps, 'neighbours.py'), String(neighbours), String(seconds / 2)]
  const child = spawn(join(python, 'bin/python'), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  await new Promise((resolve) => child.on('close', resolve))
  return output.split('\n').length - 1
}
