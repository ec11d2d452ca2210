import { DevlaunchError, quote, running, show, stopRunning } from '@devlaunch/core'
import type { Arguments } from './args.ts'
import { json } from './json.ts'
import { pick } from './pick.ts'

/** `devlaunch stop [name]`: what it has ended, a line for each; as JSON, what `ps` told of them. */
export async function stop(words: readonly string[], args: Arguments): Promise<string> {
  const { all, cwd, port, dryRun, json: asJson } = args
  const name = words.length > 0 ? words.join(' ') : undefined
  if (all) checkAll(name, args)
  const meant = all ? await running() : [await pick({ name, cwd, port })]
  if (!dryRun) await Promise.all(meant.map(stopRunning))
  if (asJson) return `${json(meant, 2)}\n`
  const done = dryRun ? 'would end' : 'ended'
  return (
    meant.map(({ name, urls }) => `${done} ${show(name)} at ${urls.local}\n`).join('') || 'nothing runs\n'
  )
}

/** Whoever names one doesn't mean all of them. */
function checkAll(name: string | undefined, { cwd, port }: Arguments): void {
  const said = name !== undefined ? quote(name) : port !== undefined ? '--port' : cwd !== undefined && '--cwd'
  if (!said) return
  throw new DevlaunchError('USAGE', `${said} names one server, and --all means every one`, {
    hint: 'leave one of them out',
  })
}
