import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type LaunchOptions, launch, prepare } from '@devlaunch/core'
import { wsgi } from '@devlaunch/wsgi'
import { freePort } from '../packages/testkit/src/free-port.ts'
import { isTaken } from '../packages/testkit/src/kernel.ts'
import { servers } from '../packages/testkit/src/servers.ts'
import { attack } from './attacker.ts'
import type { Campaign, Case, Outcome } from './campaign.ts'

const apps = join(import.meta.dirname, 'apps')
const run = promisify(execFile)

/** The hook alone is tried this much more often than a launch: it needs no new server for each try. */
const tries = 20

export const refusal: Campaign = {
  name: 'refusal',
  aim: 'a wide bind in Python code, with somebody who connects every 2 ms: no connection is accepted',
  runs: { full: 50, short: 3 },
  seconds: 1.2,
  cases: (short) =>
    servers()
      .filter(({ age }) => !short || age === 'newest')
      .flatMap(({ age, python }) => [
        row(`the hook, ${tries} tries each`, age, (runs) => direct(python, runs * tries, true)),
        row('a launched server', age, (runs) => launched(python, runs)),
        row('without devlaunch, to compare', age, (runs) => direct(python, runs, false)),
      ]),
}

function row(what: string, release: string, measure: (runs: number) => Promise<Outcome>): Case {
  return { what: { what, release }, run: measure }
}

/** Many binds of one interpreter, which has what the plan gives to every interpreter of the tree. */
async function direct(python: string, count: number, hooked: boolean): Promise<Outcome> {
  const options: LaunchOptions & { app: string } = { app: 'wide', cwd: apps, python }
  const { plan } = await prepare(wsgi, options)
  const port = await freePort()
  const attacker = attack(port)
  const args = [join(apps, 'refused.py'), String(port), String(count)]
  const env = { ...process.env, ...(hooked && plan.env) }
  const { stdout } = await run(plan.python, args, { env }).finally(attacker.stop)
  const refused = Number(/^refused (\d+)$/m.exec(stdout)?.[1])
  const accepted = attacker.stop()
  const miss = hooked
    ? (accepted > 0 || refused < count) &&
      `${count - refused} binds of ${count}, ${accepted} connections accepted`
    : accepted === 0 && 'an attack on an open port was not seen: this campaign proves nothing'
  return { figures: { tries: count, refused, accepted }, misses: miss ? [`${python}: ${miss}`] : [] }
}

/** The whole of it: a bind after the server is ready, which also has to end the server. */
async function launched(python: string, runs: number): Promise<Outcome> {
  let refused = 0
  let accepted = 0
  for (let each = 0; each < runs; each++) {
    const port = await freePort()
    await using server = await launch(wsgi, { app: 'wide', cwd: apps, python })
    const attacker = attack(port)
    await fetch(`${server.url}/?port=${port}`).catch(() => {}) // it is ended for it
    const { error } = await server.exited
    if (error?.code === 'EXPOSED' && !isTaken(port)) refused++
    accepted += attacker.stop()
  }
  const miss =
    (accepted > 0 || refused < runs) && `${refused} of ${runs} ended, ${accepted} connections accepted`
  return { figures: { tries: runs, refused, accepted }, misses: miss ? [`launched, ${python}: ${miss}`] : [] }
}
