import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.js'
import { Failure, main } from './main.js'
import { pack, trial } from './pack.js'
import { run } from './run.js'
import { env, root, setup } from './setup.js'

await main(import.meta.url, async () => {
  await setup()
  const folder = mkdtempSync(join(tmpdir(), 'devlaunch-check-'))
  try {
    return await check(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/**
 * Every step runs, whatever the others said; only a failing one shows its output.
 * @param {string} folder for the packed packages
 */
async function check(folder) {
  let failed = await step('types', () => tool('tsc', ['--project', 'tsconfig.json']))
  failed += await step('lint', () => tool('biome', ['check', '--error-on-warnings']))
  failed += await step('dead code', () => tool('knip', ['--no-progress', '--no-config-hints']))
  failed += await step('build', build)
  failed += await step('types of an example', () => tool('tsc', ['--project', 'examples/polyglot']))
  /** @type {import('./pack.js').Packed[]} */
  let packed = []
  failed += await step('pack', async () => {
    packed = await pack(publicPackages(), folder)
  })
  for (const { name, file } of packed) {
    failed += await step(`publint ${name}`, () => tool('publint', ['run', file, '--strict']))
    failed += await step(`attw ${name}`, () => tool('attw', [file, '--profile', 'esm-only', '--no-emoji']))
  }
  if (packed.length > 0) failed += await step('install and run', () => trial(packed, folder))
  return failed > 0 ? 1 : 0
}

function publicPackages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => !JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private)
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 */
async function tool(name, args) {
  const { code, output } = await run(name, args, { cwd: root, env })
  if (code !== 0) throw new Failure(output)
}

/**
 * @param {string} name
 * @param {() => Promise<void>} action
 * @returns {Promise<0 | 1>} failures
 */
async function step(name, action) {
  const start = Date.now()
  const took = () => `${((Date.now() - start) / 1000).toFixed(1).padStart(5)} s  ${name}`
  try {
    await action()
    console.log(`ok    ${took()}`)
    return 0
  } catch (error) {
    console.log(`FAIL  ${took()}\n`)
    console.log(error instanceof Failure ? error.message : error)
    return 1
  }
}
