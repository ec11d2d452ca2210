import type { AnyAdapter } from './adapter.ts'
import { hasDebugger } from './debugger.ts'
import { dotFiles } from './dot-files.ts'
import { DevlaunchError } from './errors.ts'
import type { Plan } from './plan.ts'
import { risks } from './policy.ts'
import { show } from './quote.ts'
import { page } from './ready.ts'

/** What a server answers that doesn't want to be called by this name. */
const unwelcome: ReadonlySet<number> = new Set([400, 403, 421])

/** Files that are named. */
const most = 5

/** Milliseconds that a page may take. */
const patience = 3000

/**
 * Asks as a device of the network does. `folder`: what a server of files shows. What a person should know about the answer,
 * in sentences.
 * @throws DevlaunchError `REFUSED` where a debugger answers that wasn't asked for.
 */
export async function lookFromOutside(
  adapter: AnyAdapter,
  plan: Plan,
  status: number | undefined,
  folder: string,
): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(patience)
  await checkDebugger(adapter, plan, signal)
  return [...(await acceptance(adapter, plan, status, signal)), ...(await offerings(adapter, folder))]
}

/** An app can bring Werkzeug's itself, whatever flags its server gets. */
async function checkDebugger({ target }: AnyAdapter, plan: Plan, signal: AbortSignal): Promise<void> {
  if (plan.policy.debugger || target.kind === 'directory') return
  if (await hasDebugger(plan.url, signal)) {
    throw new DevlaunchError('REFUSED', `the app answers with a debugger on ${plan.url}: ${risks.debugger}`, {
      risks: ['debugger'],
      hint: 'take DebuggedApplication out of the app, or accept it: --allow debugger --debug',
    })
  }
}

/** Does the app answer to this address? */
async function acceptance(
  adapter: AnyAdapter,
  plan: Plan,
  status: number | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!unwelcome.has(status ?? 0)) return []
  const seen = await page(plan.url, signal)
  const hint = adapter.hints.find(({ match }) => seen && match.test(seen.text))?.hint
  const here = plan.relay && hint === undefined ? await page(plan.relay, signal) : undefined
  const refused = seen && unwelcome.has(seen.status) && (hint !== undefined || here?.status !== seen.status)
  return refused
    ? [`the app answers ${seen.status} to ${plan.url}/: ${hint ?? 'it may want to know that address'}`]
    : []
}

/** What a device gets beyond the pages of the app. */
async function offerings({ exposes, target }: AnyAdapter, folder: string): Promise<readonly string[]> {
  const named = target.kind === 'directory' ? await dotFiles(folder) : []
  const more = named.length > most ? ` and ${named.length - most} more` : ''
  const list = named.length > 0 ? `: ${named.slice(0, most).map(show).join(', ')}${more}` : ''
  return exposes ? [exposes + list] : []
}
