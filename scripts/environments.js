import { join } from 'node:path'
import { environment } from './environment.js'
import { main } from './main.js'
import { pythons } from './python.js'
import { root } from './setup.js'

/** Where the tests find the oldest servers we support, on the oldest Python there is here, and the newest. */
export const oldest = join(root, '.venvs', 'oldest')
export const newest = join(root, '.venvs', 'newest')

/** Makes both, at the same time. */
export async function environments() {
  const found = await pythons()
  await Promise.all([make('oldest', oldest, found.oldest), make('newest', newest, found.newest)])
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {import('./python.js').Python} python
 */
async function make(name, folder, python) {
  const requirements = join(root, 'packages/testkit/requirements', `${name}.txt`)
  const seconds = await environment({ folder, requirements, python })
  console.log(`${name} servers: Python ${python.version}, ${seconds ? `installed in ${seconds.toFixed()} s` : 'ready'}`)
}

await main(import.meta.url, environments)
