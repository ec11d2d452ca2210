import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Failure } from './main.js'
import { run } from './run.js'
import { env, root } from './setup.js'

/** @typedef {{ name: string, version: string, file: string }} Packed */

// The oldest Node that users may have.
const OLDEST_NODE = '22.12.0'

/**
 * Packs as `npm publish` would.
 * @param {readonly string[]} packages their folders
 * @param {string} folder where the tarballs go
 * @returns {Promise<Packed[]>}
 */
export async function pack(packages, folder) {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder, ...packages]
  const output = await must('npm', args, { cwd: root, env })
  const [start, end] = [output.indexOf('['), output.lastIndexOf(']')]
  return JSON.parse(output.slice(start, end + 1)).map(
    (/** @type {any} */ { name, version, filename, files }) => {
      const paths = files.map((/** @type {{ path: string }} */ { path }) => path)
      const wanted = name === 'devlaunch' ? ['LICENSE', 'dist/THIRD-PARTY.txt'] : ['LICENSE']
      const missing = wanted.filter((file) => !paths.includes(file))
      if (missing.length > 0) throw new Failure(`${name} would be published without ${missing.join(' and ')}`)
      return { name, version, file: join(folder, filename) }
    },
  )
}

/**
 * Installs the tarballs as a user would, and uses them under the oldest Node.
 * @param {readonly Packed[]} packed
 * @param {string} folder
 */
export async function trial(packed, folder) {
  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest(packed)))
  await must('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: project, env })

  const bin = join(project, 'node_modules', '.bin')
  const oldest = { cwd: project, env: { ...process.env, PATH: bin + delimiter + process.env.PATH } }
  expect(await must('node', ['--version'], oldest), `v${OLDEST_NODE}`)
  const fixtures = ['jest', 'playwright', 'vitest'].map((runner) => `devlaunch/${runner}`) // none is installed here
  const modules = [...packed.map(({ name }) => name), ...fixtures]
  const imports = modules.map((name) => `await import('${name}')`).join('\n')
  await must('node', ['--input-type=module', '--eval', imports], oldest)
  expect(await must('devlaunch', ['--version'], oldest), cliVersion())
  expect(await must('devlaunch', ['--help'], oldest), 'devlaunch')
  expect(await must('devlaunch', ['http', '--dry-run'], oldest), 'http.server')
}

/** @param {readonly Packed[]} packed */
function manifest(packed) {
  const tarballs = packed.map(({ name, file }) => [name, `file:${file}`])
  return {
    private: true,
    type: 'module',
    dependencies: { ...Object.fromEntries(tarballs), node: OLDEST_NODE },
    allowScripts: { node: true },
  }
}

function cliVersion() {
  return JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')).version
}

/**
 * @param {string} output
 * @param {string} part
 */
function expect(output, part) {
  if (!output.includes(part))
    throw new Failure(`Expected ${JSON.stringify(part)} in this output:\n\n${output}`)
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
async function must(file, args, options) {
  const { code, output } = await run(file, args, options)
  if (code !== 0) throw new Failure(`${[file, ...args].join(' ')} ended with ${code}:\n\n${output}`)
  return output
}
