import { describe, expect, test } from 'vitest'
import { pythons } from './guard/pythons.ts'
import { alive, directory, gone, openSession } from './guard/session.ts'

const [oldest] = pythons()
const python = oldest?.file ?? ''
const guard = [python, '-I', '-S', directory] as const

const forever = 'import time; print("up"); time.sleep(1000)'
const stubborn = `import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); ${forever}`

/** Starts a server by the message that it reads, stops itself, and tells later what it was told meanwhile. */
const stopped = `
import os, signal, socket, subprocess, sys
ours, theirs = socket.socketpair()
os.dup2(theirs.fileno(), 3)
theirs.close()
guard = subprocess.Popen(sys.argv[1:], pass_fds=[3])
os.close(3)
os.write(ours.fileno(), sys.stdin.buffer.readline())
told = b""
while b"started" not in told: told += os.read(ours.fileno(), 4096)
print("pids", os.getpid(), guard.pid, flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
while chunk := os.read(ours.fileno(), 4096): told += chunk
print(told.decode(), flush=True)`

describe.skipIf(process.platform === 'win32')('a server with a lifetime', () => {
  test('is asked to end when it is over', async () => {
    const session = openSession(guard)
    const start = Date.now()
    session.start(python, forever, { lifetime: 0.3 })
    expect(await session.event('expired')).toEqual({ event: 'expired' })
    const passed = Date.now() - start
    expect(passed).toBeGreaterThanOrEqual(300)
    expect(await session.event('gone')).toMatchObject({ killed: [], survivors: [] })
    expect(await session.ended).toBe(0)
  })

  test('is killed a second later, also if it was asked to end before and had more time', async () => {
    const [alone, asked] = [openSession(guard), openSession(guard)]
    alone.start(python, stubborn, { lifetime: 1 })
    asked.start(python, stubborn, { lifetime: 5 })
    await asked.printed(/up/)
    asked.say({ do: 'stop', graces: [60] })
    for (const session of [alone, asked])
      expect(await session.event('gone')).toMatchObject({ exit: -9, survivors: [] })
    expect([alone.said('expired').length, asked.said('expired').length]).toEqual([1, 0])
  })

  test('runs on without one', async () => {
    const session = openSession(guard)
    session.start(python, forever, { lifetime: null })
    const { pid } = await session.event('started')
    await session.printed(/up/)
    expect(alive(pid)).toBe(true)
    expect(session.said('expired')).toEqual([])
  })

  test('ends also when the launcher is stopped, which is told later', async () => {
    const session = openSession([python, '-c', stopped, ...guard])
    const order = {
      file: python,
      args: ['-u', '-c', forever],
      cwd: '/',
      env: {},
      unset: [],
      address: '127.0.0.1',
    }
    const message = { do: 'start', ...order, port: 1, terminal: null, lifetime: 0.3 }
    session.process.stdin?.write(`${JSON.stringify(message)}\n`)
    const [, launcher, owner] = await session.printed(/pids (\d+) (\d+)\n/)
    await gone([Number(owner)])
    expect(alive(Number(launcher))).toBe(true)
    session.process.kill('SIGCONT')
    await session.printed(/"expired"[\s\S]*"gone"/)
  })
})
