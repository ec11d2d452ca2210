import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Default,
  defaults,
  fixtureOf,
  makeNamespace,
  makeProject,
  type Namespace,
  type Project,
  servers,
  typed,
} from '@devlaunch/testkit'
import { expect, onTestFailed, test } from 'vitest'
import { adapters } from '../src/adapters.ts'

// What README.md says of servers that are started by hand. Each gets a network of its own: whatever listens there is
// its own, its usual port is free, nobody else reaches it, and all that runs there ends with it.

test('every server that is told an address is in the table, in this order', () => {
  const told = adapters.filter(({ enforce }) => typeof enforce.bind === 'function').map(({ name }) => name)
  expect([...new Set(defaults.map(({ server }) => server))]).toEqual(told)
})

test.for(defaults.map((row) => [typed(row.command), row.listens.join(' ') || 'nothing', row] as const))(
  '%s: %s',
  async ([, , row]) => {
    const adapter = adapters.find(({ name }) => name === row.server)
    if (!adapter) throw new Error(`no adapter ${row.server}`)
    const python = servers(adapter).find(({ age }) => age === 'newest')?.python ?? ''
    await using project = await makeProject(fixtureOf(adapter).app, python)
    await rm(join(project.cwd, 'gunicorn.conf.py')) // it is there to open every interface
    await using network = await makeNamespace('192.168.1.23/24')
    const started = await start(row, { project, network, bin: join(python, 'bin') })

    const [first] = row.listens
    const answers = async () => (await network.ask(`http://127.0.0.1:${/\d+$/.exec(first ?? '')}/`)).status
    if (first) await expect.poll(answers, { timeout: 45_000, interval: 100 }).toBe(200)
    else expect(await once(started, 'exit')).toEqual([1, null])
    expect((await network.listening()).map(withoutChance)).toEqual(row.listens)
  },
)

interface Place {
  readonly project: Project
  readonly network: Namespace
  /** The folder of its environment's programs. */
  readonly bin: string
}

/** With no more in its environment than anybody's shell has. */
async function start({ command, resolver }: Default, { project, network, bin }: Place) {
  const [file = '', ...prefix] = network.within
  // `ip netns exec` puts it into the place of /etc/gai.conf
  if (resolver) await writeFile(join('/etc/netns', prefix.at(-1) ?? '', 'gai.conf'), resolver.lines)
  const count = command.findIndex((word) => !word.includes('='))
  const variables = Object.fromEntries(command.slice(0, count).map((word) => word.split('=')))
  const [program = '', ...args] = command.slice(count)
  const started = spawn(file, [...prefix, join(bin, program), ...args], {
    cwd: project.cwd,
    env: { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: dirname(project.cwd), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (data) => output.push(`${data}`))
  onTestFailed(() => void process.stderr.write(output.join('')))
  return started
}

/** `*` for a port that the kernel has chosen. https://docs.kernel.org/networking/ip-sysctl.html: ip_local_port_range */
function withoutChance(authority: string): string {
  return authority.replace(/\d+$/, (port) => (Number(port) >= 32_768 ? '*' : port))
}
