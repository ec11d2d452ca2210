import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../testkit/src/free-port.ts'
import { pythons } from './guard/pythons.ts'
import { alive, directory, gone, openSession, Session } from './guard/session.ts'

const [oldest] = pythons()
const python = oldest?.file ?? ''
const guard = [python, '-I', '-S', directory] as const

async function open(...[command = guard, options]: Partial<ConstructorParameters<typeof Session>>) {
  const session = openSession(command, options)
  expect(await session.event('guard')).toMatchObject({ event: 'guard', python: expect.any(String) })
  return session
}

const canUnshare = spawnSync('unshare', ['-rn', 'true']).status === 0
const forever = 'import time; print("up"); time.sleep(1000)'
/** Prints the pids of itself, of a child, and of a daemon that left the session; none of them ends when asked. */
const stubborn = `
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("pid", os.getpid())
if os.fork() == 0:
    print("pid", os.getpid())
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            print("pid", os.getpid())
            time.sleep(1000)
        os._exit(0)
    time.sleep(1000)
time.sleep(1000)`

/** Prints the pid of a daemon that is out of reach: another session, no environment, no Python. */
const native = `
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("native", os.getpid())
        os.execve("/bin/sleep", ["sleep", "1000"], {})
    os._exit(0)
time.sleep(1000)`

const message = (script: string) => ({
  do: 'start',
  file: python,
  args: ['-u', '-c', script],
  cwd: '/',
  env: {},
  unset: [],
  address: '127.0.0.1',
  port: 1,
  terminal: null,
})

/**
 * A launcher in Python, with a terminal of its own around the guard. Reads the message to send, and a line that tells
 * it to do `what`.
 */
function relay(what: string): Session {
  const script = `
import fcntl, os, pty, signal, socket, subprocess, sys, termios
ours, theirs = socket.socketpair()
os.dup2(theirs.fileno(), 3)
theirs.close()
master, slave = os.openpty()
def session():
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
guard = subprocess.Popen([*sys.argv[1:], "terminal"], pass_fds=[3], preexec_fn=session)
os.close(slave)
os.close(3)
os.write(ours.fileno(), sys.stdin.buffer.readline())
while b"started" not in os.read(ours.fileno(), 4096): pass
sys.stdin.buffer.readline()
${what}
print("status", guard.wait(), flush=True)`
  return new Session([python, '-c', script, ...guard])
}

function runtimeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'devlaunch-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function threePids(session: Session) {
  await session.printed(/(pid \d+\s+){3}/)
  return [...session.output.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
}

describe.skipIf(process.platform === 'win32')('the guard', () => {
  test('says which file could not be started and why', async () => {
    const session = await open()
    session.start('/no/such/python', '')
    expect(await session.event('failed')).toEqual({
      event: 'failed',
      reason: 'No such file or directory',
      file: '/no/such/python',
    })
    session.say({ do: 'stop', graces: [3, 2] })
    expect(await session.ended).toBe(0)
  })

  test.each([
    ['a directory that is not there', { cwd: '/no/such' }, 'No such file or directory', '/no/such'],
    ['a NUL in an argument', { args: ['-c', 'a\0b'] }, 'Invalid argument', python],
    ['half a character in a variable', { env: { A: '\ud800' } }, 'Invalid argument', python],
  ])('fails on %s', async (_, options, reason, file) => {
    const session = await open()
    session.start(python, '', options)
    expect(await session.event('failed')).toEqual({ event: 'failed', reason, file })
  })

  test('sets and unsets variables, and hands on the rest', async () => {
    const session = await open(guard, { env: { ...process.env, KEPT: 'kept', HOST: '0.0.0.0' } })
    const script = 'import os; print("env", ascii([os.environ.get(n) for n in ("KEPT", "HOST", "NEW")]))'
    session.start(python, script, { unset: ['HOST', 'NOT_THERE'], env: { NEW: 'ä=漢' } })
    await session.printed(/env \['kept', None, '\\xe4=\\u6f22'\]/)
  })

  test("takes names as the launcher read them, whatever the locale's encoding", async () => {
    const session = await open(guard, { env: { ...process.env, LC_ALL: 'C', PYTHONCOERCECLOCALE: '0' } })
    session.start(python, 'import os, sys; print("arg", os.fsencode(sys.argv[1]))', {
      args: ['-c', 'import os, sys; print("arg", ascii(os.fsencode(sys.argv[1])))', 'ä'],
    })
    await session.printed(/arg b'\\xc3\\xa4'/)
  })

  test('hands no inherited descriptor on', async () => {
    const launch = `
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
os.dup2(listener.fileno(), 9)
os.set_inheritable(9, True)
os.execv(sys.argv[1], [sys.argv[1], "-I", "-S", sys.argv[2]])`
    const session = await open([python, '-c', launch, python, directory])
    session.start(python, 'import os; print("open", os.listdir("/dev/fd"))')
    const [, list] = await session.printed(/open (\[.*\])/)
    expect(list).toBe("['0', '1', '2', '3']") // 3: the list itself
  })

  test('starts it with a signal ignored, if it is to be', async () => {
    const session = await open()
    const script = 'import signal; print("ignored", signal.getsignal(15) == signal.SIG_IGN)'
    session.start(python, script, { ignored: 'SIGTERM' })
    await session.printed(/ignored True/)
  })

  test("resets what the launcher's shell ignores", async () => {
    const session = await open(['/bin/sh', '-c', `trap '' INT HUP; exec "$@"`, 'sh', ...guard])
    session.start(
      python,
      'import signal; print("int", signal.getsignal(signal.SIGINT) is signal.default_int_handler)',
    )
    await session.printed(/int True/)
  })

  test('gives a terminal: its size, its echo, and Ctrl-C', async () => {
    const session = await open([...guard, 'terminal'])
    const script = `
import os, sys, time
print("tty", sys.stdin.isatty(), sys.stdout.isatty(), sys.stderr.isatty(), tuple(os.get_terminal_size()))
print("line", repr(input()))
try:
    print("size", tuple(os.get_terminal_size()))
    time.sleep(1000)
except KeyboardInterrupt:
    print("interrupted")`
    session.start(python, script, { terminal: { columns: 91, rows: 33 } })
    await session.printed(/tty True True True \(91, 33\)/)
    session.say({ do: 'resize', columns: 40, rows: 10 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    session.process.stdin?.write('hello\r')
    await session.printed(/hello\r\n[\s\S]*line 'hello'[\s\S]*size \(40, 10\)/) // the first is the echo
    session.process.stdin?.write('\x03')
    await session.printed(/\^C[\s\S]*interrupted/)
    expect(await session.event('gone')).toMatchObject({ exit: 0, killed: [], survivors: [] })
  })

  test('stops: asks, waits, insists, and names what it had to kill', async () => {
    const session = await open()
    session.start(python, stubborn)
    const pids = await threePids(session)
    session.say({ do: 'stop', graces: [0.2, 0.2] })
    const { exit, killed, survivors } = await session.event('gone')
    expect({ exit, survivors }).toEqual({ exit: -9, survivors: [] })
    expect(killed.map(({ pid }: { pid: number }) => pid).sort()).toEqual(pids.sort())
    for (const { command } of killed) expect(command).toContain('signal.SIG_IGN')
    expect(pids.filter(alive)).toEqual([])
  })

  test('ends the tree when the launcher is gone', async () => {
    const session = await open()
    session.start(python, stubborn)
    const pids = await threePids(session)
    session.channel.destroy()
    await gone(pids)
    expect(await session.ended).toBe(0)
  })

  test('a launcher that dies while it waits for a long stop shortens it', async () => {
    const session = await open()
    session.start(python, stubborn)
    const pids = await threePids(session)
    session.say({ do: 'stop', graces: [60, 60] })
    await new Promise((resolve) => setTimeout(resolve, 100))
    session.channel.destroy()
    await gone(pids)
  })

  test('a launcher whose death is first noticed by writing to it counts as gone', async () => {
    const path = join(runtimeFolder(), 'now')
    // writing to it fails, reading from it doesn't end
    const session = relay(`ours.shutdown(socket.SHUT_RD); open(${JSON.stringify(path)}, "w")`)
    const port = await freePort()
    const script = `
import os, socket, time
print("pid 0")
while not os.path.exists(${JSON.stringify(path)}): time.sleep(0.01)
s = socket.create_server(("127.0.0.1", ${port}))
time.sleep(1000)`
    session.process.stdin?.write(`${JSON.stringify({ ...message(script), port })}\n`)
    await session.printed(/pid/)
    session.process.stdin?.write('now\n')
    await session.printed(/status 0/)
  })

  test('the direct child dies with the guard', async () => {
    const session = await open()
    session.start(python, forever)
    const { pid } = await session.event('started')
    await session.printed(/up/)
    session.process.kill('SIGKILL')
    await gone([pid])
  })

  test.runIf(process.platform === 'linux')(
    'what a killed guard has left is ended by the next one',
    async () => {
      const env = { ...process.env, XDG_RUNTIME_DIR: runtimeFolder() }
      const folder = join(env.XDG_RUNTIME_DIR, 'devlaunch')
      const killed = await open(guard, { env })
      killed.start(python, native)
      expect(await killed.event('started')).toMatchObject({ record: true })
      const daemon = Number((await killed.printed(/native (\d+)\n/))[1])
      const recorded = () =>
        readdirSync(folder)
          .map((name) => readFileSync(join(folder, name), 'utf8'))
          .join()
      await expect.poll(recorded).toMatch(new RegExp(`^${daemon} `, 'm'))
      await expect.poll(() => readFileSync(`/proc/${daemon}/cmdline`, 'utf8')).toMatch(/^sleep/)
      killed.process.kill('SIGKILL')
      await killed.ended
      expect(alive(daemon)).toBe(true)

      const next = await open(guard, { env })
      next.start(python, forever)
      expect(await next.event('cleaned')).toEqual({
        event: 'cleaned',
        processes: [{ pid: daemon, command: 'sleep 1000' }],
      })
      await gone([daemon])
      await expect.poll(() => readdirSync(folder)).toHaveLength(1) // its own
      next.say({ do: 'kill' })
      await next.ended
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test.runIf(process.platform === 'linux')('says so where there is no place for a record', async () => {
    const env = { ...process.env, XDG_RUNTIME_DIR: runtimeFolder() }
    writeFileSync(join(env.XDG_RUNTIME_DIR, 'devlaunch'), '')
    const session = await open(guard, { env })
    session.start(python, forever)
    expect(await session.event('started')).toMatchObject({ record: false })
  })

  test('a start that comes too late starts nothing', async () => {
    for (const last of [{ do: 'stop', graces: [3, 2] }, { do: 'kill' }]) {
      const session = await open()
      session.channel.write([last, message(forever)].map((each) => `${JSON.stringify(each)}\n`).join(''))
      expect(await session.ended).toBe(0)
      expect(session.said('started')).toEqual([])
    }
  })

  test('a mistake of ours leaves nothing running', async () => {
    const session = await open()
    session.start(python, stubborn)
    const pids = await threePids(session)
    session.channel.write('{"do":"no such thing"}\n')
    await gone(pids)
    expect(await session.ended).toBe(1)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends it, before and after the start',
    async (signal) => {
      const idle = await open()
      idle.process.kill(signal)
      expect(await idle.ended).toBe(0)
      const busy = await open()
      busy.start(python, forever)
      const { pid } = await busy.event('started')
      busy.process.kill(signal)
      expect(await busy.event('gone')).toMatchObject({ survivors: [] })
      expect(alive(pid)).toBe(false)
    },
  )

  test('a launcher that dies after the guard was told to end leaves the terminal as it was', async () => {
    const session = relay(`
import time, tty
before = termios.tcgetattr(master)
tty.setraw(master)
guard.terminate()
time.sleep(0.2)  # it has noticed: the server runs, and is asked to end
ours.close()
while guard.poll() is None and termios.tcgetattr(master) != before: time.sleep(0.01)
print("restored", termios.tcgetattr(master) == before, flush=True)`)
    session.process.stdin?.write(`${JSON.stringify(message(stubborn))}\n`)
    await threePids(session)
    session.process.stdin?.write('\n')
    expect((await session.printed(/restored (\w+)\n/))[1]).toBe('True')
  })

  test('a closed window ends the tree, though its settings can no longer be restored', async () => {
    const session = relay('os.close(master); ours.close()')
    session.process.stdin?.write(`${JSON.stringify(message(stubborn))}\n`)
    const pids = await threePids(session)
    session.process.stdin?.write('now\n')
    await gone(pids)
    await session.printed(/status 0/)
  })

  test('a server that floods its terminal neither blocks the guard nor fills its memory', async () => {
    const session = await open()
    const flood = 'import os; line = b"x" * 4000 + b"\\n"\nwhile True: os.write(1, line)'
    session.process.stdout?.pause() // nobody reads
    session.start(python, flood, { terminal: { columns: 80, rows: 24 } })
    const { pid } = await session.event('started')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const rss = Number(spawnSync('ps', ['-o', 'rss=', '-p', `${session.process.pid}`]).stdout)
    expect(rss).toBeLessThan(40_000)
    session.say({ do: 'sockets', id: 1 })
    expect(await session.event('answer')).toEqual({ event: 'answer', id: 1, value: [] })
    session.say({ do: 'kill' })
    await gone([pid])
    session.process.stdout?.resume()
    expect(await session.event('gone')).toMatchObject({ exit: -9 })
  })

  test("other programs' wide listeners, and a loopback one of the tree, end nobody", async () => {
    const session = await open()
    const others = `
import socket, time
for _ in range(50):
    globals()[f"s{_}"] = socket.create_server(("0.0.0.0", 0))
print("up", flush=True); time.sleep(1000)`
    const manager = `
import multiprocessing.managers, time
manager = multiprocessing.managers.SyncManager(("127.0.0.1", 0))
manager.start()
print("up"); time.sleep(1000)`
    session.start(python, manager)
    const program = spawn(python, ['-c', others], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(program.stdout, 'data')
    await session.printed(/up/)
    session.say({ do: 'sockets', id: 1 }) // makes a look first
    const { value } = await session.event('answer')
    expect(value).toMatchObject([{ protocol: 'tcp', address: '127.0.0.1' }])
    session.say({ do: 'kill' })
    expect((await session.event('gone')).killed).toHaveLength(2)
    program.kill()
    expect(session.said('exposed')).toEqual([])
  })

  test.skipIf(!canUnshare)('a member in another network is told once', async () => {
    const session = await open()
    session.start(python, `import subprocess; subprocess.run(["unshare", "-rn", "sleep", "1000"])`)
    expect(await session.event('unseen')).toMatchObject({
      command: expect.stringMatching(/sleep 1000$/), // or still unshare's own
      pid: expect.any(Number),
    })
    session.say({ do: 'kill' })
    await session.event('gone')
    expect([...session.said('unseen'), ...session.said('exposed')]).toEqual([])
  })

  test('an exposure ends the tree even if the launcher is stopped', async () => {
    const session = await open()
    session.channel.pause()
    const exposed = `
import os, socket, time
print("pid", os.getpid())
time.sleep(0.2)
listener = socket.create_server(("0.0.0.0", 0))
time.sleep(1000)`
    session.start(python, exposed)
    const [, pid] = await session.printed(/pid (\d+)\n/)
    await gone([Number(pid)])
    session.channel.resume()
    expect(await session.event('exposed')).toMatchObject({
      sockets: [{ address: '0.0.0.0', reach: 'public' }],
    })
    expect(await session.event('gone')).toMatchObject({ exit: -9 })
  })
})

describe.skipIf(process.platform !== 'linux')('the hook', () => {
  const hooked = (script: string) => ({
    ...message(script),
    env: { PYTHONPATH: `${directory}/hook`, DEVLAUNCH_BIND: '127.0.0.1:1' },
  })

  test('a refused bind ends the tree before anybody could connect', async () => {
    const session = await open()
    session.say(
      hooked(`
import os, socket, time
if os.fork() == 0:
    print("child", os.getpid(), flush=True)
    try:
        socket.create_server(("0.0.0.0", 9))
    except PermissionError:
        print("refused")
time.sleep(1000)`),
    )
    const { pid } = await session.event('started')
    const refused = await session.event('refused')
    await expect.poll(() => session.output).toContain(`child ${refused.pid}\n`)
    expect(refused).toEqual({
      event: 'refused',
      pid: expect.any(Number),
      address: '0.0.0.0',
      port: 9,
      reach: 'public',
      command: expect.stringContaining('create_server'),
      cwd: '/',
      file: '<string>',
      line: 6,
    })
    const { exit, killed } = await session.event('gone')
    expect(exit).toBe(-9)
    expect(killed.map((each: { pid: number }) => each.pid).sort()).toEqual([pid, refused.pid].sort())
  })

  test('a guard that is killed takes its tree along, stubborn daemons of another session included', async () => {
    const session = await open()
    session.say(hooked(stubborn))
    const pids = await threePids(session)
    session.process.kill('SIGKILL')
    await gone(pids)
  })

  test('a refusal is told, though the server ends by itself before the guard looks again', async () => {
    const late = `
import runpy, sys, time
sys.path.insert(0, sys.argv[1])
import hooks
look = hooks.Hooks.refusals
def look_and_wait(self, now):
    found = look(self, now)
    if not found: time.sleep(0.3)
    return found
hooks.Hooks.refusals = look_and_wait
runpy.run_path(sys.argv[1])`
    const session = await open([python, '-I', '-S', '-c', late, directory])
    session.say(hooked('import socket; socket.create_server(("0.0.0.0", 9))'))
    expect(await session.event('refused')).toMatchObject({ address: '0.0.0.0', port: 9 })
    expect(await session.event('gone')).toMatchObject({ exit: 1 })
  })

  test('whoever floods the pipe stops neither the guard nor the message of a forger, which ends its own server', async () => {
    const session = await open()
    session.say(
      hooked(`
import os, time
words = os.environ["DEVLAUNCH_GUARD"].split(":")
pipe = os.open("/proc/%s/fd/%s" % (words[0], words[3]), os.O_WRONLY)
if os.fork() == 0:
    while True:
        os.write(pipe, b"refused by nobody\\n" * 200)
print("flooding")
time.sleep(0.5)
while True:
    os.write(pipe, b"\\nrefused 1 0.0.0.0 1 1 forged\\n")`),
    )
    await session.printed(/flooding/)
    session.say({ do: 'sockets', id: 1 })
    expect(await session.event('answer')).toMatchObject({ id: 1, value: [] })
    expect(await session.event('refused')).toMatchObject({ pid: 1, command: '', cwd: '', file: 'forged' })
    expect(await session.event('gone')).toMatchObject({ exit: -9, survivors: [] })
  })
})

const asRoot = process.platform === 'linux' && process.getuid?.() === 0
const hides = ['/bin/sh', '-c', 'mount -o remount,hidepid=2 /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"', 'sh'] // biome-ignore format: one command
const canHide =
  asRoot && existsSync('/usr/bin/setpriv') && spawnSync('unshare', ['-m', ...hides, 'true']).status === 0
const everybody = '/usr/bin/python3'

test.skipIf(!canHide || !existsSync(everybody))(
  'a /proc that hides processes hides no exposure',
  async () => {
    const session = await open(['unshare', '-m', ...hides, everybody, '-I', '-S', '-B', directory])
    // not dumpable: as after a gain of privileges, nobody but root can look into it
    const hidden = `
import ctypes, socket, time
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
listener = socket.create_server(("0.0.0.0", 0))
print("up")
time.sleep(1000)`
    session.start(everybody, hidden)
    const { pid } = await session.event('started')
    expect(await session.event('exposed')).toMatchObject({ sockets: [{ address: '0.0.0.0', pids: [pid] }] })
    expect(await session.event('gone')).toMatchObject({ exit: -9, survivors: [] })
  },
)

// What macOS would run, on Linux: its logic is tested so, not macOS.
const hasBoth = ['/usr/bin/lsof', '/bin/ps'].every(existsSync)
const pretend = `import runpy, sys; sys.platform = "darwin"; runpy.run_path(sys.argv[1])`

describe.skipIf(process.platform !== 'linux' || !hasBoth)('by ps and lsof', () => {
  const command = [python, '-I', '-S', '-c', pretend, directory] as const

  test('a server listens as planned, and stops', async () => {
    const session = openSession(command)
    expect(await session.event('guard')).toMatchObject({ sockets: 'lsof' })
    const port = await freePort()
    session.start(
      python,
      `import socket, time; s = socket.create_server(("127.0.0.1", ${port})); time.sleep(1000)`,
      {
        port,
      },
    )
    const { pid } = await session.event('started')
    const { sockets } = await session.event('listening')
    expect(sockets).toMatchObject([{ address: '127.0.0.1', port, reach: 'loopback', pid, pids: [pid] }])
    expect(sockets[0].command).toContain('create_server')
    session.say({ do: 'sockets', id: 1 })
    expect(await session.event('answer')).toMatchObject({ id: 1, value: [{ port, pids: [pid] }] })
    session.say({ do: 'stop', graces: [3, 2] })
    expect(await session.event('gone')).toMatchObject({ exit: -2, survivors: [] })
    expect(alive(pid)).toBe(false)
  })

  test('an exposure ends the tree', async () => {
    const session = await open(command)
    const script = 'import socket, time; s = socket.create_server(("0.0.0.0", 0)); time.sleep(1000)'
    session.start(python, script)
    const { pid } = await session.event('started')
    expect(await session.event('exposed')).toMatchObject({ sockets: [{ address: '0.0.0.0', pids: [pid] }] })
    expect(await session.event('gone')).toMatchObject({ exit: -9, killed: [{ pid }] })
  })

  test('orphans in the session end with it, and one that left it if it was seen before', async () => {
    const session = await open(command)
    session.start(python, stubborn.replace('        os._exit(0)', '        time.sleep(1.5); os._exit(0)'))
    const pids = await threePids(session)
    session.say({ do: 'sockets', id: 1 }) // makes a look first
    await session.event('answer')
    await new Promise((resolve) => setTimeout(resolve, 2000))
    session.say({ do: 'kill' })
    await gone(pids)
    expect(await session.event('gone')).toMatchObject({ survivors: [] })
  })
})

// Where there is no list of sockets at all
test('without a table of sockets it listens when somebody answers, and says that nothing is proven', async () => {
  const blind = `import runpy, sys; sys.path.insert(0, sys.argv[1]); import system; system.open_table = lambda: None; runpy.run_path(sys.argv[1])`
  const session = openSession([python, '-I', '-S', '-c', blind, directory])
  expect(await session.event('guard')).toMatchObject({ sockets: 'none' })
  const port = await freePort()
  session.start(
    python,
    `import socket, time; s = socket.create_server(("127.0.0.1", ${port})); time.sleep(1000)`,
    {
      port,
    },
  )
  expect(await session.event('listening')).toMatchObject({
    sockets: [{ address: '127.0.0.1', port, pid: null, pids: [] }],
    neighbours: [],
  })
  session.say({ do: 'holders', id: 1, port })
  expect(await session.event('answer')).toMatchObject({ id: 1, value: [] })
})
