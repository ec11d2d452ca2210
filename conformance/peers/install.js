import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const { dependencies } = read(join(here, 'package.json'))

/** Installs the tools in the versions that package.json names. They are no part of the project's own dependencies. */
export function install() {
  const isThere = Object.entries(dependencies).every(([name, version]) => {
    const manifest = join(here, 'node_modules', name, 'package.json')
    return existsSync(manifest) && read(manifest).version === version
  })
  if (isThere) return
  const npm = ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', npm, { cwd: here, stdio: 'inherit' })
}

/** `execa 10.2.1`; all of them where none is named. @param {readonly string[]} [names] */
export function versions(names = Object.keys(dependencies)) {
  return names.map((name) => `${name} ${dependencies[name]}`)
}

/** @param {string} file */
function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
