import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  DevlaunchError,
  nameOf,
  type OwnOptions,
  type Running,
  running,
  show,
  stopRunning,
} from '@devlaunch/core'
import type { Arguments } from './args.ts'
import type { Choice } from './choose.ts'
import { portOf } from './ports.ts'

/**
 * What a person has started in this folder under this name isn't started twice, unless another port is named; what
 * programs have started doesn't count. With `--replace` that one is ended, and its port is taken.
 * @throws DevlaunchError `RUNNING`
 */
export async function notTwice(
  { adapter }: Choice,
  wished: OwnOptions,
  args: Arguments,
  onReplace: (ended: Running) => void,
): Promise<OwnOptions> {
  const { port, replace } = args
  const all =
    starter(args) === 'command line' ? (await running()).filter(({ by }) => by === 'command line') : []
  if (all.length === 0) return wished
  const folder = resolve(wished.project ?? wished.cwd ?? '.')
  const here = await realpath(folder).catch(() => folder)
  const name = nameOf(adapter, wished)
  const same = all.filter((each) => each.name === name && each.project === here)
  const [first] =
    replace || port === undefined ? same : same.filter((each) => portOf(each.urls.local) === port)
  if (!first) return wished
  if (!replace) throw twice(first)
  for (const each of same) {
    onReplace(each)
    await stopRunning(each)
  }
  if (port !== undefined) return wished
  const taken = portOf(first.urls.local)
  return wished.offeredPort === undefined ? { ...wished, port: taken } : { ...wished, offeredPort: taken }
}

/** A process that is named as the one to end with is a program's, Playwright's for example. */
export function starter({ withParent }: Arguments): Running['by'] {
  return typeof withParent === 'number' ? 'library' : 'command line'
}

function twice({ name, urls, pid }: Running): DevlaunchError {
  return new DevlaunchError('RUNNING', `${show(name)} runs here already: ${urls.local} (pid ${pid})`, {
    hint: 'open that one, or take its place with --replace; another --port starts a second one',
  })
}
