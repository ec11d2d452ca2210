import { type AnyAdapter, type OwnOptions, prepare, withoutSecrets } from '@devlaunch/core'
import { type FrontOptions, prepareBehind } from '@devlaunch/front'
import { json } from './json.ts'
import { Printer } from './print.ts'

/** What would be run, as text or as JSON. */
export async function dryRun(
  adapter: AnyAdapter,
  options: OwnOptions,
  wishedFront: FrontOptions | undefined,
  asJson = false,
): Promise<string> {
  const { plan, python, front } = wishedFront
    ? await prepareBehind(wishedFront, adapter, options)
    : { ...(await prepare(adapter, options)), front: undefined }
  if (asJson) {
    return `${json({ ...withoutSecrets(plan), front: front && withoutSecrets(front) }, 2)}\n`
  }
  const printer = new Printer(process.stdout)
  return printer.plan(plan, python) + (front ? printer.front(front) : '')
}
