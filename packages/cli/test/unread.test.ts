import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { command, newestPython } from './kit/cli.ts'
import { project } from './kit/project.ts'

test.each([[[]], [['--json']]])('a reader that stops reading does not keep it (%j)', async (options) => {
  await using folder = await project({
    'app.py':
      'import sys\nfor _ in range(200):\n    print("x" * 10_000)\ndef app(environ, start_response): ...\n',
  })
  const [file = '', ...first] = command
  const args = [...first, 'wsgi', 'app:app', '--python', newestPython(), ...options]
  const running = spawn(file, args, { cwd: folder.path, stdio: ['ignore', 'pipe', 'ignore'] })
  await once(running.stdout, 'readable') // one look, and nothing is taken any more
  running.kill('SIGTERM')
  expect(await once(running, 'exit')).toEqual([143, null])
})
