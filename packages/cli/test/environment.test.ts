import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { marked } from '../../testkit/src/kernel.ts'
import { command, newestPython } from './kit/cli.ts'
import { type Folder, project } from './kit/project.ts'

const app = `
import contextlib, os
umask = os.umask(0)
os.umask(umask)
def app(environ, start_response):
    start_response("200 OK", [])
    folder = os.environ.get("GONE")
    if folder: # the first request is that of the proof
        with contextlib.suppress(OSError): os.rmdir(folder)
    return [b"%o %s" % (umask, os.environb.get(b"ODD", b"").hex().encode())]
`
const server = ['wsgi', 'app:app', '--python', newestPython()]

interface Ended {
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  /** What the server answered, if it became ready. */
  readonly body: string | undefined
}

/** Every process of a run has this in its environment. */
const mark = 'DEVLAUNCH_TEST_FAULT'
let runs = 0

interface Fault {
  /** A line of bash that ends with the command: `"$@"`. */
  readonly shell: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The whole environment. */
  readonly only?: boolean
}

/**
 * Runs the command line in a broken environment. Where it becomes ready all the same, it is asked once and ended.
 * Nothing of ours is in what it prints, and nothing is left running.
 */
async function under(
  { path }: Folder,
  { shell, args = server, env = {}, only = false }: Fault,
): Promise<Ended> {
  const run = `${process.pid}.${++runs}`
  const port = 20_000 + Math.floor(Math.random() * 10_000)
  const running = execa('/bin/bash', ['-c', shell, 'bash', ...command, ...args, '--port', `${port}`], {
    cwd: path,
    env: { ...env, [mark]: run },
    extendEnv: !only,
    reject: false,
    stdin: 'ignore',
    timeout: 40_000,
  })
  const over = new AbortController()
  void running.finally(() => over.abort())
  const body = await ask(`http://127.0.0.1:${port}`, over.signal)
  const leader = marked(`${mark}=${run}`).find(({ command }) => /^\S*node --conditions/.test(command))
  if (body !== undefined && leader) process.kill(leader.pid, 'SIGTERM')
  const { exitCode, stdout, stderr } = await running
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*(?:\.ts|node:)/m)
  await expect.poll(() => marked(`${mark}=${run}`)).toEqual([])
  return { code: exitCode, stdout, stderr, body }
}

async function ask(url: string, over: AbortSignal): Promise<string | undefined> {
  while (!over.aborted) {
    const body = await fetch(url).then(
      (answer) => answer.text(),
      () => undefined,
    )
    if (body !== undefined) {
      await new Promise((wake) => setTimeout(wake, 300)) // it says "ready" when it has had its own answer
      return body
    }
    await new Promise((wake) => setTimeout(wake, 50))
  }
  return undefined
}

const fine = { code: 143, body: '22 ' }

describe('goes on as if nothing was', () => {
  test.for<[string, Fault]>([
    ['no HOME', { shell: 'unset HOME; exec "$@"' }],
    ['a HOME that is not there', { shell: 'HOME=/nonexistent exec "$@"' }],
    ['no TMPDIR', { shell: 'unset TMPDIR; exec "$@"' }],
    ['a TMPDIR that is not there', { shell: 'TMPDIR=/nonexistent exec "$@"' }],
    ['no environment at all', { shell: `exec env -i ${mark}="$${mark}" "$@"` }],
    ['a PATH without anything', { shell: 'PATH=/nonexistent exec "$@"' }],
    ['a locale that is not UTF-8', { shell: 'LC_ALL=C LANG=C exec "$@"' }],
    ['a variable of 100 kB', { shell: 'BIG=$(printf %100000s) exec "$@"' }],
    ['a variable without a name', { shell: 'exec env "=x" "$@"' }],
    ['stdin closed', { shell: 'exec "$@" <&-' }],
    ['stdin, stdout and stderr closed', { shell: 'exec "$@" <&- >&- 2>&-' }],
    ['stderr full', { shell: 'exec "$@" 2>/dev/full' }],
    ['64 descriptors', { shell: 'ulimit -n 64; exec "$@"' }],
    ['no room for files', { shell: 'ulimit -f 0; exec "$@"' }],
  ])('%s', async ([, fault]) => {
    await using folder = await project({ 'app.py': app })
    expect(await under(folder, fault)).toMatchObject(fine)
  })

  test('a umask of 077, which the server gets', async () => {
    await using folder = await project({ 'app.py': app })
    expect(await under(folder, { shell: 'umask 077; exec "$@"' })).toMatchObject({ body: '77 ' })
  })

  test.for(['--json', '--quiet'])(
    'a variable that is not UTF-8, which the server gets as it is (%s)',
    async (mode) => {
      await using folder = await project({ 'app.py': app })
      const ended = await under(folder, {
        shell: String.raw`ODD=$'\xff\xe9t\xc3' exec "$@"`,
        args: [...server, mode],
      })
      expect(ended).toMatchObject({ code: 143, body: '22 ffe974c3' })
    },
  )

  test('a PYTHONPATH that is not UTF-8, which follows the hook', async () => {
    await using folder = await project({ 'app.py': 'from odd import app\n', 'odd.py': app })
    const shell = String.raw`mkdir $'\xff'; mv odd.py $'\xff'; PYTHONPATH="$PWD/"$'\xff' exec "$@"`
    expect(await under(folder, { shell })).toMatchObject(fine)
  })

  test('a working directory that is deleted while the server runs', async () => {
    await using folder = await project({ 'app.py': app, 'gone/app.py': '' })
    const shell = 'cd gone && rm app.py && PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=.. GONE="$PWD" exec "$@"'
    expect(await under(folder, { shell })).toMatchObject(fine)
  })
})

describe('says what is wrong, with a code', () => {
  test.for<[string, Fault, code: number, says: RegExp]>([
    [
      'a working directory that was deleted',
      { shell: 'mkdir gone; cd gone; rmdir "$PWD"; exec "$@"' },
      2,
      /^▐ error USAGE: the working directory no longer exists\n▐ do {2}go to one that does$/m,
    ],
    [
      'a working directory whose name is not UTF-8',
      { shell: String.raw`mkdir $'\xff'; cd $'\xff'; exec "$@"` },
      2,
      /^▐ error USAGE: the working directory .* has a name that is not UTF-8\n▐ do {2}rename it$/m,
    ],
    [
      'no PATH and no Python',
      { shell: 'PATH=/nonexistent exec "$@"', args: ['wsgi', 'app:app'] },
      4,
      /^▐ error PYTHON_NOT_FOUND: no Python 3\.9 or newer was found\n▐ do {2}install Python/m,
    ],
    [
      '24 descriptors',
      { shell: 'ulimit -n 24; exec "$@"' },
      6,
      /^▐ error FAILED: no process can be started: too many files are open \(EMFILE\)\n▐ do {2}allow more, for example: ulimit -n 1024$/m,
    ],
    [
      'stdout full',
      { shell: 'exec "$@" >/dev/full', args: ['--dry-run', ...server] },
      6,
      /^▐ error FAILED: stdout can't be written to: ENOSPC.*\n▐ do {2}make room there/m,
    ],
    [
      'stdout full while the server runs',
      { shell: 'exec "$@" >/dev/full', args: ['--json', ...server] },
      6,
      /^▐ error FAILED: stdout can't be written to: ENOSPC/m,
    ],
  ])('%s', async ([, fault, code, says]) => {
    await using folder = await project({ 'app.py': app })
    const ended = await under(folder, fault)
    expect(ended.stderr).toMatch(says)
    expect(ended.code).toBe(code)
  })
})

const root = process.getuid?.() === 0
/** Whoever isn't root can be it in a namespace of users; where that is forbidden too, these tests fail. */
const namespace = `unshare ${root ? '' : '--map-root-user '}--mount`
/** root may do everything, and has no limits. */
const stranger = root ? 'setpriv --reuid=54321 --regid=54321 --clear-groups' : ''

describe('file systems and limits that have to be arranged', () => {
  const within = (script: string): Fault => ({
    shell: `exec ${namespace} bash -ec '${script}; exec "$@"' bash "$@"`,
  })
  const fill = (folder: string) => `! head -c 100000 /dev/zero 2>/dev/null > ${folder}/fill`

  test.for<[string, string]>([
    [
      'TMPDIR and HOME on a full disk',
      `mkdir d; mount -t tmpfs -o size=8k tmpfs d; ${fill('d')}; export TMPDIR=$PWD/d HOME=$PWD/d`,
    ],
    [
      'the project on a full disk',
      `mkdir d; mount -t tmpfs -o size=8k tmpfs d; cp app.py d; cd d; ${fill('.')}`,
    ],
    [
      'the project on a file system that is read-only',
      'mount --bind "$PWD" "$PWD"; cd "$PWD"; mount -o remount,bind,ro "$PWD"',
    ],
    ['HOME on a file system that is read-only', 'mkdir h; mount -t tmpfs -o ro tmpfs h; export HOME=$PWD/h'],
  ])('%s: goes on', async ([, script]) => {
    await using folder = await project({ 'app.py': app })
    expect(await under(folder, within(script))).toMatchObject(fine)
  })

  test('/proc that hides the processes of others', async () => {
    await using folder = await project({ 'app.py': app })
    await chmod(dirname(folder.path), 0o755)
    const shell = `exec ${namespace} --pid --fork --kill-child bash -ec 'mount -t proc -o hidepid=2 proc /proc; exec ${stranger} "$@"' bash "$@"`
    expect(
      await under(folder, { shell, args: ['wsgi', 'app:app', '--python', '/usr/bin/python3'] }),
    ).toMatchObject(fine)
  })

  test('too few processes', async () => {
    await using folder = await project({ 'app.py': app })
    await chmod(dirname(folder.path), 0o755)
    // not before Node has its threads: it ends itself without them, before a line of ours
    const limit = fileURLToPath(new URL('./kit/few-processes.mjs', import.meta.url))
    const shell = `NODE_OPTIONS=--import=${limit} exec ${stranger} "$@"`
    const ended = await under(folder, { shell, args: ['wsgi', 'app:app', '--python', '/usr/bin/python3'] })
    expect(ended.stderr).toMatch(
      /^▐ error GUARD_LOST: the guard of wsgi is gone: \/usr\/bin\/python3 can't be run: .*EAGAIN\n(?:.*\n)*.*allow more processes \(ulimit -u\)/m,
    )
    expect(ended.code).toBe(6)
  })
})
