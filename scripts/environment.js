import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Failure } from './main.js'
import { run } from './run.js'
import { root } from './setup.js'
import { stamp } from './stamp.js'

/**
 * Makes a Python virtual environment, unless it is there and made from the same things.
 * @param {{ folder: string, requirements: string, python: import('./python.js').Python, retries?: number }} what
 * @returns {Promise<number>} seconds it took; 0 if it was there
 */
export async function environment({ folder, requirements, python, retries = 5 }) {
  const inputs = [readFileSync(requirements, 'utf8'), python.file, python.version, folder]
  const made = stamp(join(folder, '.devlaunch-environment'), inputs)
  const interpreter = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (made.isFresh() && existsSync(interpreter)) return 0
  const start = Date.now()
  await step(python.file, ['-I', '-m', 'venv', '--clear', folder])
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', `--retries=${retries}`]
  await step(interpreter, ['-I', '-m', 'pip', 'install', ...quiet, '--prefer-binary', '-r', requirements])
  made.write()
  return (Date.now() - start) / 1000
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 */
async function step(file, args) {
  const { code, output } = await run(file, args, { cwd: root })
  if (code === 0) return
  const tail = output.trim().split('\n').slice(-15).join('\n')
  throw new Failure(
    `This failed with exit code ${code}: ${relative(root, file)} ${args.join(' ')}\n\n${tail}`,
  )
}
