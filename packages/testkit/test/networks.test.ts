import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { makeNetworks, type Networks, networkNames, places, servers } from '@devlaunch/testkit'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const port = 8000
const [environment] = servers()
const python = `${environment?.python}/bin/python`
/** A program that makes networks, prints their prefix, and waits. */
const program = `
import { makeNetworks } from '@devlaunch/testkit'
const nets = await makeNetworks({ only: ['lan'] })
console.log(nets.machine.prefix.at(-1))
setInterval(() => {}, 1000)
`

test.for(['0.0.0.0', '192.168.1.23'])(
  'everybody reaches a server on %s: what the tests of --lan forbid is there',
  async (host) => {
    await using nets = await makeNetworks()
    await using _server = await serve(nets, host)
    const reached = await nets.intruders(port)
    const outside = networkNames.filter((name) => name !== 'lan')
    for (const name of outside) expect(reached).toContain(`${name} at ${places.lan.machine}: 200`)
    expect(reached).toContain(`lan as 198.51.100.9 at ${places.lan.machine}: 200`)
    const own = outside.map((name) => `${name} at ${places[name].machine}: 200`)
    expect(own.filter((each) => reached.includes(each))).toEqual(host === '0.0.0.0' ? own : [])
  },
)

test('everybody with IPv6 reaches a server on ::', async () => {
  await using nets = await makeNetworks()
  await using _server = await serve(nets, '::')
  const reached = await nets.intruders(port)
  for (const name of ['docker', 'second'])
    expect(reached).toContain(`${name} at ${places.lan.v6?.machine}: 200`)
})

test('nothing is left, also where a test throws', async () => {
  let name = ''
  const broken = async () => {
    await using nets = await makeNetworks({ only: ['lan'] })
    name = nets.machine.prefix.at(-1) ?? ''
    expect(readdirSync('/run/netns')).toContain(name)
    throw new Error('broken')
  }
  await expect(broken()).rejects.toThrow('broken')
  expect(readdirSync('/run/netns')).not.toContain(name)
})

test('the networks of a run that was killed are removed by the next', async () => {
  const killed = spawn(process.execPath, [
    '--conditions=@devlaunch/source',
    '--input-type=module',
    '-e',
    program,
  ])
  const [name] = await once(createInterface(killed.stdout), 'line')
  expect(readdirSync('/run/netns')).toContain(name)
  killed.kill('SIGKILL') // from now on any other test file may be the next
  await once(killed, 'exit')
  await using _nets = await makeNetworks({ only: ['lan'] })
  expect(readdirSync('/run/netns')).not.toContain(name)
})

test('says what it needs where it has no right to make networks', async () => {
  // without the rights of root, but with its files
  const words = ['--bounding-set', '-all', '--inh-caps', '-all', process.execPath]
  const args = [...words, '--conditions=@devlaunch/source', '--input-type=module', '-e', program]
  await expect(run('setpriv', args)).rejects.toThrow('these tests need root, network namespaces and iproute2')
})

/** Python's own server, with room for all who knock at once. */
const patient = `
import socket, sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
class Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
    request_queue_size = 128
Server((sys.argv[2], int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()
`

/** Listens where it is told. */
async function serve({ machine }: Networks, host: string): Promise<AsyncDisposable> {
  const [file, ...prefix] = machine.prefix
  const args = [...prefix, python, '-I', '-c', patient, `${port}`, host]
  const child = spawn(file, args, { stdio: 'ignore', cwd: import.meta.dirname })
  const exited = once(child, 'exit')
  await expect.poll(() => machine.listeners()).toHaveLength(1)
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
