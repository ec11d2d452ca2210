import { environments } from './environments.js'
import { main } from './main.js'
import { programs } from './programs.js'
import { run } from './run.js'
import { env, node, root, setup } from './setup.js'

await main(import.meta.url, async (args) => {
  await setup()
  await programs({ wrk: 'wrk' })
  const tested = { ...env, ...(await environments()) }
  for (const file of ['bench/run.js', 'bench/front.js']) {
    const { code } = await run(node, [file, ...args], { cwd: root, env: tested, show: true })
    if (code !== 0) return code
  }
})
