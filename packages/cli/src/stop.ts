import { type Running, running, show, stopRunning } from '@devlaunch/core'
import type { Arguments } from './args.ts'
import { pick } from './pick.ts'

/** `devlaunch stop [name]`: what it has ended, a line for each. */
export async function stop(words: readonly string[], { all, cwd, port }: Arguments): Promise<string> {
  const name = words.length > 0 ? words.join(' ') : undefined
  const meant = all ? await running() : [await pick({ name, cwd, port })]
  await Promise.all(meant.map(stopRunning))
  return meant.map(line).join('') || 'nothing runs\n'
}

function line({ name, urls }: Running): string {
  return `ended ${show(name)} at ${urls.local}\n`
}
