import { readdirSync, readlinkSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { freePort } from '../../testkit/src/free-port.ts'
import { pythons } from './guard/pythons.ts'
import { directory, openSession } from './guard/session.ts'

const [oldest] = pythons()
const python = oldest?.file ?? ''

/** Starts a Python program below a guard that has bound a free port for it. */
async function start(
  script: string,
  options: { listener: string; restart?: number; terminal?: object; file?: string },
) {
  const session = openSession([python, '-I', '-S', directory])
  const { pid: guard } = await session.event('guard')
  const port = await freePort()
  session.start(python, script, { port, ...options })
  return { session, guard, port }
}

const accepts =
  'import os, socket, sys, time; s = socket.socket(fileno=3); s.setblocking(True); print("up", os.getpid())\n'
const deaf = `import signal; signal.signal(2, signal.SIG_IGN)\n${accepts}time.sleep(60)`

/** A client that has connected, and what becomes of it: `end`, or the name of the system's error. */
function client(port: number): Promise<{ readonly socket: Socket; readonly end: Promise<string> }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const end = new Promise<string>((done) => {
      socket.resume().on('end', () => done('end'))
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''))
    })
    socket.on('connect', () => resolve({ socket, end })).on('error', reject)
  })
}

function descriptors(pid: number): Map<string, string> {
  const links = new Map<string, string>()
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    try {
      links.set(name, readlinkSync(`/proc/${pid}/fd/${name}`))
    } catch {
      // closed meanwhile
    }
  }
  return links
}

/** What it has as descriptor 3. */
const third = (pid: number) => readlinkSync(`/proc/${pid}/fd/3`)

describe.runIf(process.platform === 'linux')('a socket that is handed over', () => {
  const handedOver = { listener: 'handed-over' }

  test('is descriptor 3 of the server, and nobody else keeps it', async () => {
    const { session, guard, port } = await start(`${accepts}time.sleep(60)`, handedOver)
    const { pid } = await session.event('started')
    expect(await session.event('listening')).toMatchObject({ sockets: [{ address: '127.0.0.1', port, pid }] })
    await session.printed(/up \d+/) // it reads no modules any more
    expect([...descriptors(pid).keys()]).toEqual(['0', '1', '2', '3'])
    expect([...descriptors(guard).values()]).not.toContain(third(pid))
  })

  test('queues who connects before the server accepts', async () => {
    const { session, port } = await start(
      `import time; time.sleep(0.5)\n${accepts}s.accept()[0].close()`,
      handedOver,
    )
    await session.event('started')
    expect(await (await client(port)).end).toBe('end')
  })

  test.each([
    ['127.0.0.1', 'EADDRINUSE'],
    ['192.0.2.1', 'EADDRNOTAVAIL'], // TEST-NET-1: nobody has it
  ])('that %s does not give is told, and nothing runs', async (address, code) => {
    const stranger = createServer()
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const taken = stranger.address()
    const session = openSession([python, '-I', '-S', directory])
    const port = typeof taken === 'object' && taken?.port
    session.start(python, 'print("up")', { address, port, ...handedOver })
    expect(await session.event('taken')).toEqual({ event: 'taken', code })
    session.say({ do: 'stop', graces: [] })
    expect(await session.ended).toBe(0)
    expect(session.output).toBe('')
    stranger.close()
  })

  describe('and is handed over again', () => {
    const restarting = { listener: 'handed-over', restart: 3 }
    /** Ends with the status that its first client tells it. */
    const obeys = `${accepts}sys.exit(int(s.accept()[0].recv(9)))`

    test('when the server ends as its reloader would', async () => {
      const { session, port } = await start(obeys, restarting)
      let { pid } = await session.event('started')
      const socket = third(pid)
      session.say({ do: 'ready' })
      let telling = await client(port)
      for (let restart = 0; restart < 3; restart++) {
        telling.socket.write('3')
        telling = await client(port) // waits for the next one
        const again = await session.event('restarted')
        expect(again.pid).not.toBe(pid)
        pid = again.pid
        expect(third(pid)).toBe(socket)
        await session.printed(new RegExp(`up ${pid}`))
      }
    })

    test('once before it has answered: what ends like that again has no reloader', async () => {
      const { session } = await start('import sys; sys.exit(3)', restarting)
      await session.event('restarted')
      expect(await session.event('gone')).toMatchObject({ exit: 3 })
    })

    test('never while it is being ended, and who waits is refused', async () => {
      const { session, port } = await start(
        `import signal, sys\nsignal.signal(2, lambda *_: sys.exit(3))\n${accepts}time.sleep(60)`,
        restarting,
      )
      await session.printed(/up/)
      const waiting = await client(port)
      session.say({ do: 'stop', graces: [5] })
      expect(await session.event('gone')).toMatchObject({ exit: 3 })
      expect(session.said('restarted')).toEqual([])
      expect(await waiting.end).toBe('ECONNRESET')
      await expect(client(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    })

    test('in the same terminal', async () => {
      const asks = `import os, sys; print("name", input(), os.ttyname(0), os.getsid(0) == os.getpid()); sys.exit(3)`
      const { session } = await start(asks, { ...restarting, terminal: { columns: 80, rows: 24 } })
      await session.event('started')
      session.say({ do: 'ready' })
      session.process.stdin?.write('first\n')
      const [, where] = await session.printed(/name first (\S+) True/)
      await session.event('restarted')
      session.process.stdin?.write('second\n')
      await session.printed(new RegExp(`name second ${where} True`))
    })
  })

  test('is let go when nothing could be started', async () => {
    const { session, port } = await start('', { ...handedOver, file: '/no/such' })
    await session.event('failed')
    await expect(client(port)).rejects.toThrow('ECONNREFUSED')
  })

  test('may be inherited by children of an app that is imported: they are no workers', async () => {
    const forks = `for _ in range(6):\n  if not os.fork(): time.sleep(.3); os._exit(0)\n  os.wait()\n`
    const { session } = await start(`${accepts}${forks}print("imported"); time.sleep(60)`, handedOver)
    await session.printed(/imported/)
    expect(session.said('stalled')).toEqual([])
  })

  test('is free when its server ends by itself, whoever waits', async () => {
    for (const restart of [undefined, 3]) {
      const { session, port } = await start(`${accepts}input(); time.sleep(0.3)`, {
        ...handedOver,
        ...(restart && { restart }),
        terminal: { columns: 80, rows: 24 },
      })
      await session.printed(/up/)
      const waiting = await client(port)
      session.process.stdin?.write('\n')
      await session.event('gone')
      expect(await waiting.end).toBe('ECONNRESET')
      await expect(client(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
  })

  test('is free when a server that hears nothing has been ended', async () => {
    for (const restart of [undefined, 3]) {
      const { session, port } = await start(deaf, { ...handedOver, ...(restart && { restart }) })
      await session.printed(/up/)
      const waiting = await client(port)
      session.say({ do: 'stop', graces: [0.2] })
      expect(await session.event('gone')).toMatchObject({ exit: -9 })
      expect(await waiting.end).toBe('ECONNRESET')
      await expect(client(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
  })
})

describe.runIf(process.platform === 'linux')('an address that is reserved', () => {
  const listens = (port: string) =>
    `import os, socket, time; s = socket.create_server(("127.0.0.1", ${port})); print("up"); time.sleep(60)`

  test('refuses everybody until the server listens there, which it can', async () => {
    const session = openSession([python, '-I', '-S', directory])
    const port = await freePort()
    session.start(python, `print("here"); input(); ${listens(`${port}`)}`, {
      port,
      listener: 'reserved',
      terminal: { columns: 80, rows: 24 },
    })
    const { pid } = await session.event('started')
    await session.printed(/here/)
    await expect(client(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect([...descriptors(pid).keys()]).toEqual(['0', '1', '2'])
    session.process.stdin?.write('\n')
    expect(await session.event('listening')).toMatchObject({ sockets: [{ port, pid }] })
    ;(await client(port)).socket.destroy()
  })

  test("is nobody's to take who hasn't asked to share it", async () => {
    const { session, port } = await start('import time; time.sleep(60)', { listener: 'reserved' })
    await session.event('started')
    const other = `import socket; socket.socket().bind(("127.0.0.1", ${port}))`
    const { session: stranger } = await start(other, { listener: 'own' })
    await stranger.printed(/Address already in use/)
  })
})
