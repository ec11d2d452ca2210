import { resolve } from 'node:path'
import { DevlaunchError, here, type LaunchOptions, launch, quote, type Server, show } from '@devlaunch/core'
import { launchBehind } from '@devlaunch/front'
import { adapters } from './adapters.ts'
import { findConfig } from './find-config.ts'
import { inTests } from './in-tests.ts'
import { layOver } from './lay-over.ts'
import { readNamed } from './named.ts'
import { noServer } from './no-server.ts'

/** @throws DevlaunchError `USAGE` where nothing has that name, and as `launch` does. */
export async function launchNamed(name: string, { cwd, ...explicit }: LaunchOptions): Promise<Server> {
  const folder = resolve(here().cwd, cwd ?? '.')
  const file = await findConfig(folder)
  const all = file === undefined ? [] : await readNamed(file)
  const named = all.find((each) => each.name === name)
  if (!named) {
    const names = all.map((each) => each.name)
    throw adapters.some((each) => each.name === name) ? quoted(name) : unknown(name, names, file ?? folder)
  }
  const { adapter, options: defined = {}, front } = await named.choose()
  const wished = { ...layOver(inTests(defined, explicit.strictPort), explicit), name }
  return front ? launchBehind(front, adapter, wished) : launch(adapter, wished)
}

function unknown(name: string, names: readonly string[], place: string): DevlaunchError {
  if (names.length > 0) return noServer(name, names, place)
  const what = `there is no server ${quote(name)}: none was named from ${show(place)} upwards`
  return new DevlaunchError('USAGE', what, { hint: 'write it into package.json: npx devlaunch init' })
}

/** Only the command line calls those of devlaunch by their names. */
function quoted(name: string): DevlaunchError {
  return new DevlaunchError('USAGE', `${quote(name)} is an adapter, and no name of the project's`, {
    hint: `write it without quotes: import { ${name} } from 'devlaunch'`,
  })
}
