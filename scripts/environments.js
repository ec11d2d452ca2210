import { join } from 'node:path'
import { environment } from './environment.js'
import { main } from './main.js'
import { pythons } from './python.js'
import { root } from './setup.js'

/**
 * Makes the environments of the tests: the oldest servers we support on the oldest Python there is here, and the
 * newest on the newest.
 * @returns the variables that tell tests where they are
 */
export async function environments() {
  const { oldest, newest } = await pythons()
  const folders = await Promise.all([make('oldest', oldest), make('newest', newest)])
  return { DEVLAUNCH_TEST_OLDEST: folders[0], DEVLAUNCH_TEST_NEWEST: folders[1] }
}

/**
 * @param {string} name
 * @param {import('./python.js').Python} python
 */
async function make(name, python) {
  const folder = join(root, '.venvs', name)
  const requirements = join(root, 'packages/testkit/requirements', `${name}.txt`)
  const seconds = await environment({ folder, requirements, python })
  const state = seconds > 0 ? `installed in ${seconds.toFixed()} s` : 'ready'
  console.log(`${name} servers: Python ${python.version}, ${state}`)
  return folder
}

await main(import.meta.url, async () => {
  await environments()
})
