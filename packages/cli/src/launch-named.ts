import { resolve } from 'node:path'
import { DevlaunchError, here, type LaunchOptions, launch, quote, type Server, show } from '@devlaunch/core'
import { launchBehind } from '@devlaunch/front'
import { findConfig } from './find-config.ts'
import { inTests } from './in-tests.ts'
import { layOver } from './lay-over.ts'
import { meant } from './meant.ts'
import { readNamed } from './named.ts'

/** @throws DevlaunchError `USAGE` where nothing has that name, and as `launch` does. */
export async function launchNamed(name: string, { cwd, ...explicit }: LaunchOptions): Promise<Server> {
  const folder = resolve(here().cwd, cwd ?? '.')
  const file = await findConfig(folder)
  const all = file === undefined ? [] : await readNamed(file)
  const named = all.find((each) => each.name === name)
  if (!named)
    throw unknown(
      name,
      all.map((each) => each.name),
      file ?? folder,
    )
  const { adapter, options: defined = {}, front } = await named.choose()
  const wished = { ...layOver(inTests(defined, explicit.strictPort), explicit), name }
  return front ? launchBehind(front, adapter, wished) : launch(adapter, wished)
}

function unknown(name: string, names: readonly string[], place: string): DevlaunchError {
  if (names.length === 0) {
    return new DevlaunchError(
      'USAGE',
      `there is no server ${quote(name)}: none was named from ${show(place)} upwards`,
      {
        hint: 'write it into package.json: npx devlaunch init',
      },
    )
  }
  const near = meant(name, names)
  return new DevlaunchError('USAGE', `there is no server ${quote(name)} in ${show(place)}`, {
    hint: `${near ? `did you mean "${near}"? ` : ''}one of: ${names.join(', ')}`,
  })
}
