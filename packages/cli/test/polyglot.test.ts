import { stripVTControlCharacters } from 'node:util'
import { listening, marked } from '@devlaunch/testkit'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { polyglot } from './kit/polyglot.ts'
import type { Folder } from './kit/project.ts'
import { type Screen, terminal } from './kit/screen.ts'

const env = {
  ...{ VIRTUAL_ENV: '', CONDA_PREFIX: '', NODE_OPTIONS: '--conditions=@devlaunch/source' },
  ...{ TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
}

/** Two APIs, Vite and a browser, beside other tests. */
const slow = { timeout: 180_000, interval: 100 }

describe('examples/polyglot', () => {
  /** In the environment of everything that `npm run dev` starts. */
  const marker = crypto.randomUUID()
  let folder: Folder
  let screen: Screen
  let url: string
  beforeAll(async () => {
    folder = await polyglot()
    const program = ['npm', 'run', 'dev']
    screen = terminal([], folder.path, { ...env, DEVLAUNCH_TEST_RUN: marker }, { program })
    url = await vi.waitFor(() => pageIn(screen.text()), slow)
  }, slow.timeout)
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

  test('npm run e2e passes beside it', slow, async () => {
    const own = crypto.randomUUID()
    const { all, exitCode } = await execa('npm', ['run', 'e2e'], {
      cwd: folder.path,
      env: { ...env, DEVLAUNCH_TEST_RUN: own },
      all: true,
      reject: false,
      stdin: 'ignore',
    })
    expect(exitCode, all).toBe(0)
    await expect.poll(() => marked(own)).toEqual([]) // nobody waits for Chromium's children
    expect(JSON.parse(await get('/api/orders'))).toEqual([]) // those were the orders of another server
  })

  test('Ctrl-C ends all three, and leaves nothing', slow, async () => {
    // somebody watches: it must not hold up the end
    await using live = await stream(`${url}/api/orders/live`)
    expect(live.first).toContain('welcome')
    screen.type('\x03')
    await expect.poll(screen.text, slow).toMatch(/\[exit -?\d+\]/)
    const left = () => marked(marker).filter(({ command }) => !command.includes('kit/terminal.py'))
    await expect.poll(left, slow).toEqual([])
    await expect(fetch(url)).rejects.toThrow()
  })
})

/** Where Vite says that the page is; @throws as long as it hasn't. */
function pageIn(screen: string): string {
  const text = stripVTControlCharacters(screen)
  const [, url] = /web:dev:.*Local: +(http:\/\/127\.0\.0\.1:\d+)\//.exec(text) ?? []
  if (url) return url
  throw new Error(`Vite doesn't serve:\n${text}`)
}

/** A stream that stays open; `first`: what came first. */
async function stream(url: string): Promise<AsyncDisposable & { readonly first: string }> {
  const { body } = await fetch(url)
  const reader = body?.getReader()
  const first = new TextDecoder().decode((await reader?.read())?.value)
  return { first, [Symbol.asyncDispose]: async () => void (await reader?.cancel().catch(() => {})) }
}
