import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { marked } from '@devlaunch/testkit'
import { expect } from 'vitest'
import { newest } from './cli.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const projects = join(root, 'packages/cli/test/runner-projects')

/** The runners, as `node_modules/.bin` has them. */
const runners = {
  vitest: ['vitest/vitest.mjs', 'run', '--config', 'from-source.config.ts'],
  playwright: ['@playwright/test/cli.js', 'test', '--reporter', 'list'],
  jest: ['jest/bin/jest.js', '--rootDir', '.'],
  'node-test': [],
} as const

/** A copy of one of the projects beside this folder. */
export interface RunnerProject extends AsyncDisposable {
  readonly path: string
  write(file: string, text: string): Promise<void>
  read(file: string): Promise<string>
  /** Starts its runner with these words. */
  run(words?: readonly string[], env?: Readonly<Record<string, string>>): Running
}

/** A runner, and everything below it. */
interface Running {
  readonly pid: number
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>
  /** Resolves when this has been printed. */
  until(pattern: RegExp): Promise<void>
  /** The processes of Python that live now. */
  servers(): readonly { readonly pid: number; readonly command: string }[]
  kill(signal: NodeJS.Signals): void
  /** Waits until nothing of it is alive. */
  gone(): Promise<void>
  /** The same for the processes of Python. */
  serversGone(): Promise<void>
}

export async function runnerProject(name: keyof typeof runners): Promise<RunnerProject> {
  const mark = crypto.randomUUID()
  const path = await mkdtemp(join(tmpdir(), `devlaunch-${name}-`))
  await cp(join(projects, name), path, { recursive: true })
  await cp(join(projects, 'shop'), join(path, 'shop'), { recursive: true })
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'))
  await writeFile(join(path, 'package.json'), '{ "type": "module" }\n')
  if (name === 'vitest') await cp(fromSource, join(path, 'from-source.config.ts'))
  return {
    path,
    write: (file, text) => writeFile(join(path, file), text),
    read: (file) => readFile(join(path, file), 'utf8'),
    run: (words = [], env = {}) => {
      const [script, ...first] = runners[name]
      const command = script ? [join(root, 'node_modules', script), ...first] : ['--test']
      return run([...command, ...words], path, { ...env, DEVLAUNCH_TEST_RUN: mark })
    },
    [Symbol.asyncDispose]: async () => {
      for (const { pid } of marked(mark)) {
        try {
          process.kill(pid, 'SIGKILL') // what a test that failed has left
        } catch {
          // one may take another along
        }
      }
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** vitest resolves by itself what the others leave to Node. */
const fromSource = join(import.meta.dirname, 'from-source.config.ts')

function run(
  words: readonly string[],
  cwd: string,
  extra: Readonly<Record<string, string>> & { readonly DEVLAUNCH_TEST_RUN: string },
): Running {
  const foreign = /^(?:VITEST|NODE_ENV$|TEST$|MODE$|DEV$|PROD$|SSR$|BASE_URL$|NODE_OPTIONS$|CI$)/
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const child = spawn(process.execPath, words, {
    cwd,
    env: {
      ...env,
      NODE_OPTIONS: '--conditions=@devlaunch/source',
      VIRTUAL_ENV: newest(),
      NO_COLOR: '1',
      ...extra,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let shown = ''
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      shown += chunk
      output = stripVTControlCharacters(shown)
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output }))
  })
  const living = () => marked(extra.DEVLAUNCH_TEST_RUN)
  const servers = () => living().filter(({ command }) => /python/.test(command.split(' ')[0] ?? ''))
  return {
    pid: child.pid ?? 0,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(output) && resolve()
        listeners.add(look)
        look()
        void ended.then(() => reject(new Error(`${pattern} was never printed:\n${output}`)))
      }),
    servers,
    kill: (signal) => void child.kill(signal),
    gone: () => expect.poll(living).toEqual([]),
    serversGone: () => expect.poll(servers).toEqual([]),
  }
}
