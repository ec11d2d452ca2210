import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure, main } from './main.js'
import { run } from './run.js'
import { stamp } from './stamp.js'

export const root = fileURLToPath(new URL('..', import.meta.url))

const bin = join(root, 'node_modules', '.bin')

/** The repo's own Node 24, whatever the machine has. */
export const node = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** The environment tools run in: `node` is the repo's own, and nothing reports home. */
export const env = {
  ...process.env,
  PATH: [bin, ...foreignPath()].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
}

/** Installs what package-lock.json says, unless that is what is there. */
export async function setup() {
  if (installed().isFresh() && existsSync(node)) return
  console.log('Installing Node dependencies (npm ci) ...')
  // Not with our own Node, which npm is about to replace.
  const outside = { ...process.env, PATH: foreignPath().join(delimiter) }
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output } = await run('npm', args, { cwd: root, env: outside })
  if (code !== 0) throw new Failure(`npm ci failed in ${root}:\n\n${output}`)
  if (!existsSync(node))
    throw new Failure(`npm ci left no ${node}. Are install scripts off? Try npm ci --ignore-scripts=false`)
}

/** What node_modules was installed from; written after every `npm ci` or `npm install`, whoever ran it. */
export function installed() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  return stamp(join(root, 'node_modules', '.devlaunch-setup'), [lock])
}

/** PATH without our own node_modules/.bin, which npm puts first. */
function foreignPath() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin)
}

await main(import.meta.url, async () => {
  await setup()
  console.log(node)
})
