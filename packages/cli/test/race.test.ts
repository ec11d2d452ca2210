import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '@devlaunch/testkit'
import { expect, test } from 'vitest'
import { newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'

const many = 20
const words = ['uvicorn', 'app:app', '--no-reload', '--json', '--python', newestPython()]

test(`${many} starts at once that prefer the same port all serve, each at its own`, {
  timeout: 180_000,
}, async () => {
  await using folder = await project({
    'app.py': 'async def app(scope, receive, send):\n    assert scope["type"] == "http"\n',
  })
  // each in a folder of its own: the same twice in one is refused
  const folders = Array.from({ length: many }, (_, at) => join(folder.path, `${at}`))
  for (const cwd of folders) await cp(join(folder.path, 'app.py'), join(cwd, 'app.py'))
  const port = String(await freePort())
  const all = folders.map((cwd) => start([...words, '--port', port], { cwd }))
  const urls = await Promise.all(all.map(ready))
  expect(new Set(urls).size).toBe(many)
  for (const running of all) running.kill('SIGINT')
  expect(await Promise.all(all.map(async (running) => (await running).exitCode))).toEqual(
    Array(many).fill(130),
  )
})

function ready(running: ReturnType<typeof start>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    running.stdout?.on('data', (chunk) => {
      text += chunk
      const url = /^\{"event":"ready","url":"([^"]+)"/m.exec(text)?.[1]
      if (url) resolve(url)
    })
    void running.then(() => reject(new Error(text)))
  })
}
