import { Failure, main } from './main.js'
import { run } from './run.js'
import { env, root, setup } from './setup.js'

/** Builds what changed. */
export async function build() {
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
