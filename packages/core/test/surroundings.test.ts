import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Facts, readSurroundings, surroundings } from '../src/surroundings.ts'

const home: Facts = {
  env: {},
  dockerenv: false,
  containerenv: false,
  osrelease: '6.12.0-1-generic\n',
  mirrored: false,
}
const wsl2 = '5.15.167.4-microsoft-standard-WSL2\n'
const ssh = { SSH_CONNECTION: '203.0.113.7 50022 192.168.1.9 22' }

/** What is found there, and the words that must be told without and with --lan. */
const table: readonly [string, Partial<Facts>, string | undefined, string | undefined][] = [
  ['at home', {}, undefined, undefined],
  [
    'in WSL 1',
    { osrelease: '4.4.0-19041-Microsoft\n', env: { WSL_DISTRO_NAME: 'Ubuntu' } },
    undefined,
    undefined,
  ],
  ['in WSL 2', { osrelease: wsl2 }, 'Windows reaches it at http://127.0.0.1:8000', 'only Windows reaches'],
  [
    'in WSL 2, with a kernel of its own',
    { env: { WSL_DISTRO_NAME: 'Arch' } },
    'Windows',
    'only Windows reaches',
  ],
  ['in WSL 2, mirrored', { osrelease: wsl2, mirrored: true }, 'Windows reaches it', 'Hyper-V firewall'],
  ['in Docker', { dockerenv: true }, '--lan, and docker run -p 127.0.0.1:8000:8000', 'no other device'],
  ['in Docker on WSL', { dockerenv: true, osrelease: wsl2 }, 'In a container', 'no other device'],
  ['in Podman', { containerenv: true }, '--lan, and podman run -p 127.0.0.1:8000:8000', 'no other device'],
  [
    'in Kubernetes',
    { env: { KUBERNETES_SERVICE_HOST: '10.96.0.1' } },
    'kubectl port-forward POD 8000',
    'its cluster',
  ],
  [
    'in a dev container',
    { dockerenv: true, env: { REMOTE_CONTAINERS: 'true' } },
    'Ports view',
    'no other device',
  ],
  [
    'in a codespace',
    { dockerenv: true, env: { CODESPACES: 'true', REMOTE_CONTAINERS: 'true' } },
    'Ports',
    'no phone',
  ],
  ['in Gitpod', { env: { GITPOD_WORKSPACE_ID: 'amber-otter' } }, 'Ports view opens port 8000', 'no phone'],
  ['over SSH', { env: ssh }, 'ssh -L 8000:127.0.0.1:8000 HOST', "this machine's, not yours"],
  ['over SSH, in a container', { dockerenv: true, env: ssh }, 'ssh -L 8000:127.0.0.1:8000 HOST', 'ssh -L'],
  ['where variables are empty', { env: { SSH_CONNECTION: '', CODESPACES: '' } }, undefined, undefined],
]

describe('what loopback means', () => {
  test.each(table)('%s', (_, found, loopback, lan) => {
    const said = [false, true].map((lan) => surroundings({ ...home, ...found }, { port: 8000, lan }))
    expect(said).toEqual([loopback, lan].map((words) => words && expect.stringContaining(words)))
    for (const line of said) expect(line ?? '').toMatch(/^.{0,110}$/)
  })
})

test('the facts are those of this machine', async () => {
  const facts = await readSurroundings({ CODESPACES: 'true' })
  expect(facts.env).toEqual({ CODESPACES: 'true' })
  expect(facts.dockerenv).toBe(existsSync('/.dockerenv'))
  expect(facts.containerenv).toBe(existsSync('/run/.containerenv'))
  const release = '/proc/sys/kernel/osrelease'
  expect(facts.osrelease).toBe(existsSync(release) ? readFileSync(release, 'utf8') : undefined)
})
