import { build } from './build.js'
import { environments } from './environments.js'
import { Failure, main } from './main.js'
import { programs } from './programs.js'
import { run } from './run.js'
import { env, node, root, setup } from './setup.js'

/** Without a name; `against` needs to be told what. */
const usual = ['run', 'front', 'tests']
const all = [...usual, 'against']

/** `npm run bench -- tests 5`: one of them; without a name the usual ones. */
await main(import.meta.url, async (args) => {
  const named = args.filter((word) => /^[a-z]/.test(word))
  const unknown = named.find((word) => !all.includes(word))
  if (unknown) throw new Failure(`There is no bench/${unknown}.js. One of: ${all.join(', ')}`)
  const chosen = named.length > 0 ? named : usual
  await setup()
  await build()
  if (chosen.includes('front')) await programs({ wrk: 'wrk' })
  const tested = { ...env, ...(await environments()) }
  const rounds = args.filter((word) => /^\d+$/.test(word))
  const folder = args.find((word) => /^[./]/.test(word))
  if (chosen.includes('against') && !folder) {
    throw new Failure('Name a built clone: npm run bench -- against ../before')
  }
  /** @type {Record<string, string[]>} */
  const own = { against: folder ? [folder] : [], tests: args.filter((word) => word === '--write') }
  for (const name of chosen) {
    const { code } = await run(node, [`bench/${name}.js`, ...(own[name] ?? []), ...rounds], {
      cwd: root,
      env: tested,
      show: true,
    })
    if (code !== 0) return code
  }
})
