import { writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { devlaunch, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { until } from './kit/until.ts'

const never = [
  'import asyncio',
  'async def app(scope, receive, send):',
  '    assert scope["type"] == "http"',
  '    await asyncio.sleep(1000)',
].join('\n')
const good = [
  'async def app(scope, receive, send):',
  '    await send({"type": "http.response.start", "status": 200, "headers": []})',
  '    await send({"type": "http.response.body"})',
].join('\n')

test('a page that never answers is named while it is waited for, with the option that names another', async () => {
  await using folder = await project({ 'main.py': never })
  const args = ['uvicorn', 'main:app', '--no-reload', '--timeout', '10', '--python', newestPython()]
  const { code, stderr } = await devlaunch(args, { cwd: folder.path })
  expect(code).toBe(7)
  expect(stderr.match(/has not answered GET \/ for 2 s: .*--ready-path/g)).toHaveLength(1)
})

test('a reloader without its child is told, with what to do, and its return too', async () => {
  await using folder = await project({ 'main.py': good })
  const running = start(['uvicorn', 'main:app', '--python', newestPython()], { cwd: folder.path })
  await until(running, /Proof/)
  const reloading = until(running, /Reloading/)
  const warned = until(running, /warning.*has ended.*save a source file to start it again/)
  const again = until(running, /runs again/)
  const save = () => writeFileSync(join(folder.path, 'main.py'), 'async def app(:\n')
  const saving = setInterval(save, 5000) // a reloader misses what is saved before its first look
  save()
  await reloading
  clearInterval(saving)
  await warned
  await writeFile(join(folder.path, 'main.py'), good)
  await again
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
})
