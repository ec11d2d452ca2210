import { freePort, marked } from '@devlaunch/testkit'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { devlaunch, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { personal, runners, scripted } from './kit/runners.ts'
import { until } from './kit/until.ts'

const page = { 'index.html': 'hello' }
const mark = () => ({ DEVLAUNCH_TEST_RUN: crypto.randomUUID() })

/** Something that lives until it is killed. */
function somebody() {
  const living = execa(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { reject: false })
  onTestFinished(() => void living.kill('SIGKILL'))
  return living
}

test('--with-parent=PID ends the server with that process', async () => {
  await using folder = await project(page)
  const parent = somebody()
  const env = mark()
  const port = `${await freePort()}` // which nobody else takes when it is free again
  const running = start(['http', `--with-parent=${parent.pid}`, '--port', port], { cwd: folder.path, env })
  const url = /http:\S+/.exec(await until(running, /Expose/))?.[0] ?? ''
  parent.kill('SIGKILL')
  const { exitCode, stderr } = await running
  expect(stderr).toMatch(/\(pid \d+\) has gone, which this was started by/)
  expect(exitCode).toBe(143)
  await expect(fetch(url)).rejects.toThrow()
  expect(marked(env.DEVLAUNCH_TEST_RUN)).toEqual([])
})

test('--with-parent=PID ends a test, its command and its servers with that process', async () => {
  await using folder = await project(page)
  const parent = somebody()
  const env = mark()
  const script = 'console.error("RUNS"); setInterval(() => {}, 1000)'
  const words = ['test', 'http', `--with-parent=${parent.pid}`, '--', process.execPath, '-e', script]
  const running = start(words, { cwd: folder.path, env })
  await until(running, /RUNS/)
  parent.kill('SIGKILL')
  expect((await running).exitCode).toBe(143)
  expect(marked(env.DEVLAUNCH_TEST_RUN)).toEqual([])
})

test.for([
  ['=0', /--with-parent "0" is not a process/],
  ['=me', /--with-parent "me" is not a process/],
  ['=', /--with-parent "" is not a process/],
  ['=4194305', /--with-parent 4194305: there is no such process/], // above the kernel's highest (PID_MAX_LIMIT)
] as const)('--with-parent%s is refused', async ([value, text]) => {
  await using folder = await project(page)
  const { code, stderr } = await devlaunch(['http', `--with-parent${value}`], { cwd: folder.path })
  expect(stderr).toMatch(text)
  expect(code).toBe(2)
})

test('--no-with-parent goes on when npm has gone, whatever ends npm', async () => {
  const [npm] = runners
  if (!npm) throw new Error('no npm')
  const env = personal(mark())
  await using folder = await scripted(npm, { dev: 'devlaunch http --no-with-parent' }, page, env)
  const running = execa('npm', ['run', 'dev'], {
    ...{ cwd: folder.path, env, extendEnv: false, reject: false, buffer: false, stdin: 'ignore' },
  })
  onTestFinished(() => {
    for (const { pid } of marked(env.DEVLAUNCH_TEST_RUN ?? '')) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // its guard was the first, and it ended with that
      }
    }
  })
  let text = ''
  running.stderr.on('data', (chunk) => {
    text += chunk
  })
  await expect.poll(() => text).toMatch(/Expose/)
  const url = /http:\/\/[\d.]+:\d+/.exec(text)?.[0] ?? ''
  running.kill('SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, 2500)) // longer than a look takes
  expect(await (await fetch(url)).text()).toBe('hello')
})
