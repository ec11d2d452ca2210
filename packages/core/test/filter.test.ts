import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Namespaces } from '../../testkit/src/namespaces.ts'
import { pythons } from './guard/pythons.ts'
import { directory, openSession, type Session } from './guard/session.ts'

const [oldest] = pythons()
const python = oldest?.file ?? ''
const port = 8000

/** Network namespaces: this machine, a device of its LAN, and a container that is routed through this machine. */
type Name = 'machine' | 'phone' | 'container'
let spaces: Namespaces<Name>

const families = {
  IPv4: { address: '192.168.1.23', subnet: '192.168.1.0/24', loopback: '127.0.0.1' },
  IPv6: { address: 'fd12:3456:789a::23', subnet: 'fd12:3456:789a::/64', loopback: '::1' },
}

beforeAll(async () => {
  spaces = await Namespaces.make(['machine', 'phone', 'container'])
  for (const each of ['machine', 'phone', 'container'] as const) await spaces.ip(each, ['link set lo up'])
  const lan = ['192.168.1.50/24', 'fd12:3456:789a::50/64']
  await cable('lan0', 'phone', ['192.168.1.23/24', 'fd12:3456:789a::23/64'], lan)
  await cable('docker0', 'container', ['172.17.0.1/16', 'fd17::1/64'], ['172.17.0.2/16', 'fd17::2/64'])
  await spaces.ip('container', ['route add default via 172.17.0.1', 'route add default via fd17::1'])
})

afterAll(() => spaces?.[Symbol.asyncDispose]())

async function cable(link: string, to: Name, ours: string[], theirs: string[]): Promise<void> {
  await spaces.ip('machine', [`link add ${link} type veth peer name eth0 netns ${spaces.nameOf(to)}`])
  for (const [space, end, addresses] of [['machine', link, ours] as const, [to, 'eth0', theirs] as const]) {
    const each = (address: string) =>
      `address add ${address} dev ${end}${address.includes(':') ? ' nodad' : ''}`
    await spaces.ip(space, [...addresses.map(each), `link set ${end} up`])
  }
}

const guard = [python, '-I', '-S', directory]

async function open(command = guard): Promise<Session> {
  const session = openSession([...spaces.prefix('machine'), ...command])
  await session.event('guard')
  return session
}

/** The guard where the kernel refuses a call to it and all it starts, as the filter of a container does. */
function inside(forbidden: 'pidfd_getfd' | 'filter'): string[] {
  const script = `
import ctypes, os, struct, sys
prctl, setsockopt = ctypes.CDLL(None).prctl, {"x86_64": 54, "aarch64": 208}[os.uname().machine]
steps = {
    "pidfd_getfd": [(0x20, 0, 0, 0), (0x15, 0, 1, 438)],
    "filter": [(0x20, 0, 0, 0), (0x15, 0, 3, setsockopt), (0x20, 0, 0, 32), (0x15, 0, 1, 26)],
}[sys.argv[1]] + [(6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000)]
program = b"".join(struct.pack("HBBI", *step) for step in steps)
assert prctl(38, 1, 0, 0, 0) == 0
assert prctl(22, 2, struct.pack("HP", len(steps), ctypes.cast(program, ctypes.c_void_p).value)) == 0
os.execv(sys.argv[2], sys.argv[2:])`
  return [python, '-I', '-c', script, forbidden, ...guard]
}

const ask = `
import socket, sys
address, source, seconds = sys.argv[1:]
try:
    client = socket.create_connection((address, ${port}), float(seconds), (source, 0) if source else None)
    client.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print(client.recv(4096).split(b" ")[1].decode())
except OSError as error:
    print("nothing" if isinstance(error, socket.timeout) else error)`

/** The status that somebody there gets, or what Python raises. `source`: of the connection, default the kernel's choice. */
async function get(from: Name, address: string, source = ''): Promise<string> {
  const [file, ...prefix] = spaces.prefix(from)
  const seconds = from === 'container' ? '1' : '20' // which gets nothing, if all is well
  const client = spawn(file, [...prefix, python, '-I', '-c', ask, address, source, seconds])
  let output = ''
  for await (const text of client.stdout.setEncoding('utf8')) output += text
  return output.trim()
}

const everybody = async ({ address, loopback }: (typeof families)['IPv4']) => {
  const [lan, docker, local, relay] = await Promise.all([
    get('phone', address),
    get('container', address),
    get('machine', address),
    get('machine', address, loopback),
  ])
  return { lan, docker, local, relay }
}

/** Answers each connection; `socket` opens its listener. */
const answering = (socket: string) => `
import os, socket, sys
def listener(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if ":" in address:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    opened.bind((address, ${port}))
    opened.listen()
    return opened
server = ${socket}
server.setblocking(True)
while True:
    client, _ = server.accept()
    client.recv(4096)
    client.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n")
    client.close()`

const wsgi = `
import socket, sys
from wsgiref import simple_server
class Server(simple_server.WSGIServer):
    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
def app(environ, start):
    start("200 OK", [])
    return [b"hello"]
simple_server.make_server(sys.argv[1], ${port}, app, Server).serve_forever()`

const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address)
const hook = (address: string, subnet: string) => ({
  PYTHONPATH: `${directory}/hook`,
  DEVLAUNCH_BIND: `${bracketed(address)}:${port}`,
  DEVLAUNCH_SUBNET: subnet,
})

/** Each way to get a listener, as the order to start it. */
const ways: Record<string, (address: string, subnet: string) => object> = {
  'handed over': () => ({
    args: ['-I', '-c', answering('socket.socket(fileno=3)')],
    listener: 'handed-over',
  }),
  'opened by hooked Python': (address, subnet) => ({
    args: ['-c', wsgi, address],
    env: hook(address, subnet),
    listener: 'reserved',
  }),
  'opened by Python that is not hooked': (address) => ({
    args: ['-I', '-m', 'http.server', '--bind', address, `${port}`],
    listener: 'reserved',
  }),
  'opened by a program that takes no hook': (address, subnet) => ({
    args: ['-I', '-c', answering('listener(sys.argv[1])'), address],
    env: hook(address, subnet),
    listener: 'own',
  }),
  'opened by an IPv6 socket': (address) => ({
    args: [
      '-I',
      '-c',
      answering('listener(sys.argv[1])'),
      address.includes(':') ? address : `::ffff:${address}`,
    ],
  }),
  'opened by two processes, one each': (address) => ({
    args: ['-I', '-c', answering('(os.fork(), listener(sys.argv[1]))[1]'), address],
  }),
}

const filtered = { event: 'filtered', filtered: true, reason: '' }
const kept = { lan: '200', docker: 'nothing', local: '200', relay: '200' }

describe.skipIf(process.platform !== 'linux')('a listener of the LAN', () => {
  describe.each(Object.entries(families))('%s', (_, family) => {
    const { address, subnet } = family
    test('without a subnet a container reaches it too: why all this is needed', async () => {
      const session = await open()
      session.start(python, '', { address, port, subnet: null, ...ways['handed over']?.(address, subnet) })
      await session.event('listening')
      expect(await everybody(family)).toEqual({ ...kept, docker: '200' })
      expect(session.said('filtered')).toEqual([])
    })

    test.each(Object.entries(ways))('%s is reached from its subnet and this machine only', async (_, way) => {
      const session = await open()
      session.start(python, '', { address, port, subnet, ...way(address, subnet) })
      await session.event('listening')
      expect(session.said('filtered')).toEqual([filtered])
      expect(await everybody(family)).toEqual(kept)
    })
  })

  const { address, subnet } = families.IPv4

  test("no process of the tree takes it off, the server's own included", async () => {
    const session = await open()
    const script = `
import os, socket
server = socket.socket(fileno=3)
def detach():
    try: server.setsockopt(socket.SOL_SOCKET, 27, 0)
    except OSError as error: print(error.strerror)
detach()
if os.fork() == 0: detach(); os._exit(0)
${answering('server')}`
    session.start(python, script, { address, port, subnet, listener: 'handed-over' })
    await session.printed(/(Operation not permitted\s+){2}/)
    expect(await everybody(families.IPv4)).toEqual(kept)
  })

  test.each([
    ['hooked', hook(address, subnet)],
    ['not hooked', {}],
  ])('a reloader that opens a new one each time has it on each before it opens: %s', async (_, env) => {
    const session = await open()
    const script = `
import socket
for turn in range(5):
    if turn: server.close()
    server = socket.create_server(("${address}", ${port}))
    print("locked", server.getsockopt(socket.SOL_SOCKET, 44))
${answering('server')}`
    session.start(python, script, { address, port, subnet, env })
    await session.printed(/(locked 1\s+){5}/)
    expect(await everybody(families.IPv4)).toEqual(kept)
    expect(session.said('filtered')).toEqual([filtered])
  })

  test('native code that the hook does not see has it at the next look', async () => {
    const session = await open()
    const script = `
import ctypes, socket, time
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("${address}", ${port}))
ctypes.CDLL(None).listen(server.fileno(), 9)
while not server.getsockopt(socket.SOL_SOCKET, 44): time.sleep(0.001)
${answering('server')}`
    session.start(python, script, {
      address,
      port,
      subnet,
      listener: 'reserved',
      env: { DEVLAUNCH_SUBNET: 'of a hook that is not there' },
    })
    await session.event('listening')
    expect(session.said('filtered')).toEqual([filtered])
    expect(await everybody(families.IPv4)).toEqual(kept)
  })

  test('other listeners of a server that is not hooked open as ever', async () => {
    const session = await open()
    const script = `
import os, socket, tempfile
for family, at in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_INET6, ("::1", 0)), (socket.AF_UNIX, tempfile.mktemp())):
    other = socket.socket(family)
    other.bind(at)
    other.listen()
    print("locked", other.getsockopt(socket.SOL_SOCKET, 44))
os.unlink(at)
try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).listen()
except OSError as error: print(error.strerror)
`
    session.start(python, script, { address, port, subnet })
    await session.printed(/(locked 0\s+){3}Operation not supported/)
    expect(await session.event('gone')).toMatchObject({ exit: 0 })
  })

  test('with a seal too', async () => {
    const session = await open()
    const order = { ...ways['handed over']?.(address, subnet), seal: true }
    session.start(python, '', { address, port, subnet, ...order })
    await session.event('listening')
    expect(session.said('filtered')).toEqual([filtered])
    expect(await everybody(families.IPv4)).toEqual(kept)
  })

  describe('where a container forbids', () => {
    const unhooked = 'opened by Python that is not hooked'
    const eperm = 'Operation not permitted'

    test.each([
      ['handed over', true, ''],
      ['opened by hooked Python', false, `pidfd_getfd: ${eperm}`],
      [unhooked, false, `pidfd_getfd: ${eperm}`],
    ])('pidfd_getfd, a socket %s is told: %s', async (way, is, reason) => {
      const session = await open(inside('pidfd_getfd'))
      session.start(python, '', { address, port, subnet, ...ways[way]?.(address, subnet) })
      await session.event('listening')
      expect(session.said('filtered')).toEqual([{ event: 'filtered', filtered: is, reason }])
    })

    test('filters: no socket is handed over, none is bound by hooked Python, and of others it is told', async () => {
      const order = (way: string) => ({ address, port, subnet, ...ways[way]?.(address, subnet) })
      const [handing, hooked, native] = [
        await open(inside('filter')),
        await open(inside('filter')),
        await open(inside('filter')),
      ]
      handing.start(python, '', order('handed over'))
      expect(await handing.event('failed')).toEqual({
        event: 'failed',
        reason: eperm,
        file: 'SO_ATTACH_FILTER',
      })
      hooked.start(python, '', order('opened by hooked Python'))
      expect(await hooked.event('gone')).toMatchObject({ exit: 1 })
      const told = `devlaunch can't keep ${address}:${port} to ${subnet} (SO_ATTACH_FILTER: ${eperm})`
      await expect.poll(() => hooked.output).toContain(told)
      native.start(python, '', order(unhooked))
      expect(await native.event('filtered')).toMatchObject({
        filtered: false,
        reason: `SO_ATTACH_FILTER: ${eperm}`,
      })
    })
  })
})
