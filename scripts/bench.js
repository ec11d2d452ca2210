import { environments, newest, oldest } from './environments.js'
import { main } from './main.js'
import { run } from './run.js'
import { env, node, root, setup } from './setup.js'

await main(import.meta.url, async (args) => {
  await setup()
  await environments()
  const servers = { DEVLAUNCH_TEST_OLDEST: oldest, DEVLAUNCH_TEST_NEWEST: newest }
  const { code } = await run(node, ['bench/run.js', ...args], { cwd: root, env: { ...env, ...servers }, show: true })
  return code
})
