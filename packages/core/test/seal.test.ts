import { describe, expect, test } from 'vitest'
import { pythons } from './guard/pythons.ts'
import { directory, openSession } from './guard/session.ts'

const python = pythons().at(-1)?.file ?? ''

/** Runs the guard where one system call fails, as a container's filter makes it. linux/filter.h, linux/seccomp.h */
const without = `
import ctypes, os, struct, sys
call, error = int(sys.argv[1]), int(sys.argv[2])
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (6, 0, 0, 0x50000 | error), (6, 0, 0, 0x7FFF0000)]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
libc = ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, struct.pack("HP", 4, ctypes.addressof(program))) == 0
os.execv(sys.executable, [sys.executable, *sys.argv[3:]])`

const seccomp = process.arch === 'arm64' ? 277 : 317
const [EPERM, ENOSYS, EOPNOTSUPP] = [1, 38, 95]

describe.runIf(process.platform === 'linux')('a server that should be sealed', () => {
  test.for([
    ['there is no Landlock', 444, ENOSYS, /built without Landlock, or a container forbids it/, null],
    ['Landlock is off', 444, EOPNOTSUPP, /Landlock is switched off/, null],
    ['Landlock is refused', 446, EPERM, /not permitted/, 'landlock_restrict_self'],
    ['a filter is refused', seccomp, EPERM, /not permitted/, 'seccomp'],
    ["the guard can't do what is asked of it", 438, EPERM, /not permitted/, 'pidfd_getfd'],
  ] as const)("isn't run where %s", async ([, call, error, reason, file]) => {
    const session = openSession([python, '-c', without, `${call}`, `${error}`, '-I', '-S', directory])
    session.start(python, 'print("I RUN")', { seal: true })
    const event = await session.event('unsealable')
    expect(event.reason).toMatch(reason)
    expect(event.file).toBe(file)
    session.say({ do: 'stop', graces: [] })
    expect(await session.ended).toBe(0)
    expect(session.output).toBe('')
  })

  test.for([
    ['a directory that is not there', { cwd: '/no/such' }, '/no/such'],
    ['a program that is not there', { file: '/no/such' }, '/no/such'],
  ] as const)('blames not the seal for %s', async ([, options, file]) => {
    const session = openSession([python, '-I', '-S', directory])
    session.start(python, '', { seal: true, ...options })
    expect(await session.event('failed')).toMatchObject({ reason: 'No such file or directory', file })
    session.say({ do: 'stop', graces: [] })
    expect(await session.ended).toBe(0)
  })

  test('is run sealed', async () => {
    const session = openSession([python, '-I', '-S', directory])
    session.start(python, 'import socket; socket.socket().listen()', { seal: true })
    await session.printed(/PermissionError/)
    expect(await session.event('gone')).toMatchObject({ exit: 1, killed: [], survivors: [] })
  })
})
