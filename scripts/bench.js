import { environments } from './environments.js'
import { main } from './main.js'
import { run } from './run.js'
import { env, node, root, setup } from './setup.js'

await main(import.meta.url, async (args) => {
  await setup()
  const tested = { ...env, ...(await environments()) }
  const { code } = await run(node, ['bench/run.js', ...args], { cwd: root, env: tested, show: true })
  return code
})
