import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from './environment.js'
import { main } from './main.js'
import { pythons } from './python.js'
import { root } from './setup.js'

/** @typedef {'oldest' | 'newest'} Age */
/** @typedef {Readonly<Partial<Record<Age, readonly string[]>> & { apart?: boolean }>} Tested */

/**
 * Makes the environments of the tests: the oldest servers we support on the oldest Python there is here, and the
 * newest on the newest. A server that doesn't go together with the others gets its own, `NAME-SERVER`.
 * @returns the variables that tell tests where they are
 */
export async function environments() {
  const { oldest, newest } = await pythons()
  const folders = await Promise.all([make('oldest', oldest), make('newest', newest)])
  return { DEVLAUNCH_TEST_OLDEST: folders[0], DEVLAUNCH_TEST_NEWEST: folders[1] }
}

/**
 * @param {Age} age
 * @param {import('./python.js').Python} python
 */
async function make(age, python) {
  const all = Object.entries(tested())
  const shared = all.filter(([, { apart }]) => !apart).flatMap(([, servers]) => servers[age] ?? [])
  const apps = readFileSync(join(root, 'packages/testkit/requirements', `${age}.txt`), 'utf8')
  const folder = await fill(age, [apps, ...shared], python)
  for (const [name, { apart, [age]: releases = [] }] of all) {
    if (apart) await fill(`${age}-${name}`, releases, python)
  }
  return folder
}

/** @returns {Record<string, Tested>} the releases that each adapter is tested with, as its package.json says */
function tested() {
  const names = readdirSync(join(root, 'packages'))
  const manifest = (/** @type {string} */ name) =>
    readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')
  return Object.fromEntries(names.map((name) => [name, JSON.parse(manifest(name)).testkit ?? {}]))
}

/**
 * @param {string} name
 * @param {readonly string[]} releases
 * @param {import('./python.js').Python} python
 */
async function fill(name, releases, python) {
  const folder = join(root, '.venvs', name)
  const requirements = `${folder}.txt`
  mkdirSync(join(root, '.venvs'), { recursive: true })
  writeFileSync(requirements, `${releases.join('\n')}\n`)
  const seconds = await environment({ folder, requirements, python })
  const state = seconds > 0 ? `installed in ${seconds.toFixed()} s` : 'ready'
  console.log(`${name} servers: Python ${python.version}, ${state}`)
  return folder
}

await main(import.meta.url, async () => {
  await environments()
})
