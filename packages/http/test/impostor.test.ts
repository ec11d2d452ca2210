import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, prepare } from '@devlaunch/core'
import { http } from '@devlaunch/http'
import { marked, servers } from '@devlaunch/testkit'
import { expect, onTestFinished, test, vi } from 'vitest'

const [oldest] = servers()

function mkfifo(path: string): void {
  const python = join(oldest?.python ?? '', 'bin/python')
  execFileSync(python, ['-I', '-c', 'import os, sys; os.mkfifo(sys.argv[1])', path])
}

/** An environment whose interpreter is a shell script, and what launching with it ends with. */
async function impostor(script: string, config: 'file' | 'fifo' | 'none' = 'file') {
  const run = crypto.randomUUID()
  vi.stubEnv('DEVLAUNCH_TEST_RUN', run)
  const folder = await mkdtemp(join(tmpdir(), 'devlaunch-test-'))
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })
  await mkdir(join(folder, 'bin'))
  const path = join(folder, 'pyvenv.cfg')
  if (config === 'file') await writeFile(path, 'version = 3.12.1\n')
  if (config === 'fifo') mkfifo(path)
  await writeFile(join(folder, 'bin/python'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'bin/python'), 0o755)
  const failure = launch(http, {
    cwd: folder,
    python: folder,
    ...(/^sleep/.test(script) && { timeout: 3000 }),
  })
  const error = await failure.then(() => expect.fail('it was launched'), (error) => error) // biome-ignore format: one thought
  expect(marked(run)).toEqual([])
  return error
}

test.for([
  ['sleeps, in a child', 'sleep 1000', /python didn't run it within 3 s/],
  ['ends', 'echo no such thing; exit 3', /exit code 3[\s\S]*no such thing/],
  ['says what is no JSON', 'echo "so \u001b[2J what" >&3; sleep 1000', /something that said "so +what"/],
  ['says what is no message', 'echo null >&3; sleep 1000', /something that said "null"/],
  ['says what is no event', `echo '{"event":7}' >&3; sleep 1000`, /something that said/],
  ['never ends a line', 'exec cat /dev/zero >&3', /something that said/],
] as const)('a Python that %s is told as the reason', async ([, script, reason]) => {
  const error = await impostor(script)
  expect(error).toMatchObject({ code: 'GUARD_LOST', message: expect.stringMatching(reason) })
  expect(error.hint).toContain('--python')
})

test.for(['fifo', 'none'] as const)(
  'a Python that sleeps when it is asked what it is (%s)',
  async (config) => {
    const error = await impostor('sleep 1000', config)
    expect(error).toMatchObject({ code: 'PYTHON_NOT_FOUND' })
    expect(error.message).toContain("can't be run: it gave no answer within 3 s")
  },
)

async function folderWithFifo(): Promise<{ cwd: string; fifo: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-test-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  mkfifo(join(cwd, 'fifo'))
  return { cwd, fifo: join(cwd, 'fifo') }
}

test.for(['/dev/zero', 'fifo'])('an env file that is %s, which never ends, is refused', async (file) => {
  const { cwd } = await folderWithFifo()
  const launched = launch(http, { cwd, envFile: join(cwd, file), timeout: 1000 })
  await expect(launched).rejects.toMatchObject({
    code: 'USAGE',
    summary: expect.stringContaining("can't be read"),
  })
})

test('an env file that is a FIFO is read when its writer comes', async () => {
  const { cwd, fifo } = await folderWithFifo()
  const prepared = prepare(http, { cwd, envFile: fifo })
  await writeFile(fifo, 'COLOUR=blue\n')
  expect((await prepared).plan.env).toMatchObject({ COLOUR: 'blue' })
})

test('an env file that is a FIFO of 2 MB is refused', async () => {
  const { cwd, fifo } = await folderWithFifo()
  const written = writeFile(fifo, 'A'.repeat(2_000_000)).catch(({ code }) => code)
  await expect(launch(http, { cwd, envFile: fifo })).rejects.toMatchObject({ code: 'USAGE' })
  expect(await written).toBe('EPIPE')
})

test('a launch that waits for a FIFO can be called off', async () => {
  const { cwd, fifo } = await folderWithFifo()
  const off = new AbortController()
  const launched = launch(http, { cwd, envFile: fifo, signal: off.signal })
  setImmediate(() => off.abort())
  await expect(launched).rejects.toMatchObject({ code: 'ABORTED' })
})
