import { build } from './build.js'
import { environments } from './environments.js'
import { Failure, main } from './main.js'
import { programs } from './programs.js'
import { run } from './run.js'
import { env, node, root, setup } from './setup.js'

const all = ['run', 'front', 'tests']

/** `npm run bench -- tests 5`: one of them; without a name all of them. */
await main(import.meta.url, async (args) => {
  const named = args.filter((word) => /^[a-z]/.test(word))
  const unknown = named.find((word) => !all.includes(word))
  if (unknown) throw new Failure(`There is no bench/${unknown}.js. One of: ${all.join(', ')}`)
  const chosen = named.length > 0 ? named : all
  await setup()
  await build()
  if (chosen.includes('front')) await programs({ wrk: 'wrk' })
  const tested = { ...env, ...(await environments()) }
  const rounds = args.filter((word) => /^\d+$/.test(word))
  for (const name of chosen) {
    const write = name === 'tests' ? args.filter((word) => word === '--write') : []
    const { code } = await run(node, [`bench/${name}.js`, ...rounds, ...write], {
      cwd: root,
      env: tested,
      show: true,
    })
    if (code !== 0) return code
  }
})
