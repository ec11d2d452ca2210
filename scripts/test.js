import { environments } from './environments.js'
import { main } from './main.js'
import { programs } from './programs.js'
import { run } from './run.js'
import { env, root, setup } from './setup.js'

await main(import.meta.url, async (args) => {
  await setup()
  await programs()
  const tested = { ...env, ...(await environments()) }
  const { code } = await run('vitest', ['run', ...args], { cwd: root, env: tested, show: true })
  return code
})
