import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, main } from './main.js'
import { run } from './run.js'
import { env, root, setup } from './setup.js'

/** Builds what changed. A tarball has no more than its package's folder: each gets the licence. */
export async function build() {
  const packages = join(root, 'packages')
  for (const name of readdirSync(packages))
    copyFileSync(join(root, 'LICENSE'), join(packages, name, 'LICENSE'))
  const { code, output } = await run('turbo', ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    env,
  })
  if (code !== 0) throw new Failure(output)
}

await main(import.meta.url, async () => {
  await setup()
  await build()
})
