import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { Failure } from './main.js'
import { run } from './run.js'

/** Programs of Linux that tests run, each with the Debian package that has it; of `a|b` one is enough. */
const packages = {
  ip: 'iproute2',
  nginx: 'nginx',
  caddy: 'caddy',
  apache2: 'apache2-bin',
  openssl: 'openssl',
  'chromium|chromium-browser|google-chrome': 'chromium',
}

/** Debian's own builds of servers: there they are tested too. uwsgi-core, which comes along, starts no service. */
const builds = { uwsgi_python3: 'uwsgi-plugin-python3' }

/**
 * Installs those that are missing, where that can be done without asking: as root, on Debian and its relatives.
 * @param {Readonly<Record<string, string>>} more
 * @throws {Failure} that names what to install
 */
export async function programs(more = {}) {
  if (process.platform !== 'linux') return
  const wanted = Object.entries({ ...packages, ...more, ...(existsSync('/etc/debian_version') && builds) })
  const found = await Promise.all(wanted.map(([name]) => isThere(name)))
  const missing = wanted.filter((_, index) => !found[index]).map(([, name]) => name)
  if (missing.length === 0) return
  const install = ['install', '--yes', '--no-install-recommends', ...missing]
  const failure = `The tests need ${missing.join(', ')}: apt-get ${install.join(' ')}`
  if (process.getuid?.() !== 0 || !(await isThere('apt-get'))) throw new Failure(failure)
  console.log(`Installing ${missing.join(', ')} (apt-get) ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const allowServices = forbidServices()
  try {
    for (const args of [['update'], install]) {
      const { code, output } = await run('apt-get', args, { env })
      if (code !== 0) throw new Failure(`${failure}\n\n${output}`)
    }
  } finally {
    allowServices()
  }
}

/**
 * Debian starts a server as it installs it, on every address.
 * https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
function forbidServices() {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return () => {}
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  return () => rmSync(policy)
}

/** @param {string} names */
async function isThere(names) {
  const { code } = await run('sh', ['-c', names.replace(/[^|]+/g, 'command -v $&').replaceAll('|', ' || ')])
  return code === 0
}
