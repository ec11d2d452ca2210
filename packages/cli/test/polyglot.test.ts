import { stripVTControlCharacters } from 'node:util'
import { listening, marked } from '@devlaunch/testkit'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { polyglot } from './kit/polyglot.ts'
import type { Folder } from './kit/project.ts'
import { type Screen, terminal } from './kit/screen.ts'

/** In the environment of everything that is started with it. */
const marker = crypto.randomUUID()
const env = {
  ...{ VIRTUAL_ENV: '', CONDA_PREFIX: '', NODE_OPTIONS: '--conditions=@devlaunch/source' },
  ...{ TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
}

describe('examples/polyglot', () => {
  let folder: Folder
  let screen: Screen
  let url: string
  beforeAll(async () => {
    folder = await polyglot()
    const program = ['npm', 'run', 'dev']
    screen = terminal([], folder.path, { ...env, DEVLAUNCH_TEST_RUN: marker }, { program })
    // the first one is of npm, and of turbo, which say what they run
    await screen.shows(/web:dev:.*Local/)
    await screen.shows(/\/\S*\s*\r?\n/, screen.text().search(/web:dev:.*Local/))
    const shown = stripVTControlCharacters(screen.text())
    url = /web:dev:.*Local:\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(shown)?.[1] ?? shown
  })
  afterAll(async () => {
    await screen[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const get = async (path: string) => (await fetch(url + path)).text()

  test('npm run dev: the page and both APIs answer at one address, and nothing listens beyond loopback', async () => {
    expect(await get('/')).toContain('Corner bakery')
    expect(JSON.parse(await get('/api/catalog/products')).products).toHaveLength(4)
    expect(JSON.parse(await get('/api/orders'))).toEqual([])
    const listeners = listening(marked(marker))
    expect(listeners).toHaveLength(3)
    expect(listeners.filter((each) => !each.startsWith('127.0.0.1:'))).toEqual([])
  })

  test('npm run e2e passes beside it', { timeout: 180_000 }, async () => {
    const run = crypto.randomUUID()
    const { all, exitCode } = await execa('npm', ['run', 'e2e'], {
      cwd: folder.path,
      env: { ...env, DEVLAUNCH_TEST_RUN: run },
      all: true,
      reject: false,
      stdin: 'ignore',
    })
    expect(exitCode, all).toBe(0)
    expect(marked(run)).toEqual([])
    expect(JSON.parse(await get('/api/orders'))).toEqual([])
  })

  test('Ctrl-C ends all three, and leaves nothing', async () => {
    screen.type('\x03')
    await screen.shows(/\[exit \d+\]/)
    const left = () => marked(marker).filter(({ command }) => !command.includes('kit/terminal.py'))
    await expect.poll(left, { timeout: 20_000 }).toEqual([])
    await expect(fetch(url)).rejects.toThrow()
  })
})
