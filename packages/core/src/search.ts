import { loopback } from './address.ts'
import { binds } from './binds.ts'
import type { Guard } from './guard.ts'
import type { Bind } from './policy.ts'

/** Asks there, and then whether that is it, as long as the answer is no. */
type Ask = (candidate: Bind, isIt: () => Promise<boolean>) => void

/**
 * Where an app listens that decides that itself: the first of the tree's listeners on loopback that answers as wished.
 * Call what is returned with all of them, as they come and go.
 */
export function search(
  guard: Pick<Guard, 'sockets'>,
  ask: Ask,
  onFound: (bind: Bind) => void,
): (candidates: readonly Bind[]) => void {
  const asked = new Set<string>()
  let found = false
  const choose = async (candidate: Bind) => {
    // what is not there any more may be a stranger's by now
    const there = binds(await guard.sockets()).filter(({ port }) => port === candidate.port)
    if (!found && there.some(({ host }) => host === candidate.host)) {
      found = true
      onFound(there.find(({ host }) => host === loopback) ?? candidate)
    }
    return found
  }
  return (candidates) => {
    for (const candidate of candidates) {
      if (found || asked.has(candidate.authority)) continue
      asked.add(candidate.authority)
      ask(candidate, () => choose(candidate))
    }
  }
}
