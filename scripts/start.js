import { join } from 'node:path'
import { build } from './build.js'
import { environment } from './environment.js'
import { main } from './main.js'
import { pythons } from './python.js'
import { run } from './run.js'
import { env, node, root, setup } from './setup.js'

await main(import.meta.url, async (args) => {
  await setup()
  await build()
  const name = await example()
  const bin = join(root, 'packages/cli/bin/devlaunch.cjs')
  const { code } = await run(node, [bin, name, ...args], {
    cwd: join(root, 'examples', name),
    env,
    show: true,
  })
  return code
})

/** The Django example or, where Django can't be installed for whatever reason, the one that needs only Python. */
async function example() {
  const django = join(root, 'examples/django')
  try {
    const { newest } = await pythons()
    await environment({
      folder: join(django, '.venv'),
      requirements: join(django, 'requirements.txt'),
      python: newest,
      retries: 1, // somebody waits, and there is another example
    })
    return 'django'
  } catch (error) {
    console.log(`Django can't be installed here (${reason(error)}): starting examples/wsgi instead.`)
    return 'wsgi'
  }
}

/** @param {unknown} error */
function reason(error) {
  return String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n')
    .at(-1)
}
