import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { DevlaunchError } from '../src/index.ts'

const source = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))

/** A test whose server can't start. */
const failing = (runner: string) => `import { test } from '${runner}'
import { launch } from ${source('../src/index.ts')}
import { script } from ${source('../../testkit/src/script.ts')}
test('orders', async () => {
  await using server = await launch(script, { cwd: import.meta.dirname, script: 'app.py' })
})
`

const runners: readonly (readonly [name: string, module: string, args: readonly string[]])[] = [
  ['node:test', 'node:test', ['--conditions=@devlaunch/source', '--test', 'orders.test.ts']],
  [
    'vitest',
    'vitest',
    [
      fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url)),
      'run',
      '--testTimeout=60000',
      '--root',
      '.',
    ],
  ],
]

test.each(runners)(
  '%s shows the summary, the traceback and then the command, each once',
  async (_, module, args) => {
    const folder = await mkdtemp(join(fileURLToPath(new URL('.', import.meta.url)), 'report-'))
    try {
      await writeFile(join(folder, 'app.py'), 'import orders_of_nobody\n')
      await writeFile(join(folder, 'orders.test.ts'), failing(module))
      const { stdout, stderr, exitCode } = await execa(process.execPath, args, {
        cwd: folder,
        reject: false,
        extendEnv: true,
        env: { NO_COLOR: '1' },
      })
      const all = `${stdout}\n${stderr}`
      expect(exitCode).toBe(1)
      const parts = [
        'script could not start: ModuleNotFoundError',
        'Traceback (most recent call last)',
        'command: ',
        'python: ',
        'what to do: ',
      ]
      const places = parts.map((part) => all.indexOf(part))
      expect(places).toEqual([...places].sort((one, other) => one - other))
      expect(places).not.toContain(-1)
      expect(parts.filter((part) => all.split(part).length > 2)).toEqual([])
      // the line of the test, and none of ours
      expect(all).toMatch(/orders\.test\.ts:5:\d+/)
      expect(all).not.toMatch(/core\/src|\.\.\/src/)
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

test('an error is printed once, with its code', () => {
  const error = new DevlaunchError('FAILED', 'flask could not start', {
    output: 'Traceback',
    command: 'flask run',
  })
  const text = inspect(error)
  expect(text).toMatch(/^DevlaunchError: flask could not start\n\nTraceback\n\ncommand: flask run\n +at /)
  expect(text).toMatch(/\{\n {2}code: 'FAILED'\n\}$/)
  expect(text.split('flask run')).toHaveLength(2)
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'DevlaunchError',
    code: 'FAILED',
    message: error.message,
  })
})
