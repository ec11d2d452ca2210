import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, parentOf, survivors, treeOf } from '@devlaunch/testkit'
import { expect, test, vi } from 'vitest'
import { start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { until } from './kit/until.ts'

/** Its daemon has left the session, has an empty environment, runs no Python, and listens. */
const app = `
import os, socket
held = socket.create_server(("127.0.0.1", int(os.environ["HELD"])))
held.set_inheritable(True)
def become_daemon():
    os.setsid()
    if os.fork(): os._exit(0)
    os.execve("/bin/sleep", ["sleep", "1000"], {})
os.fork() or become_daemon()
os.wait()
def app(environ, respond):
    respond("200 OK", [])
    return [b"hello"]
`

const isDaemon = ({ command }: { readonly command: string }) => command === 'sleep 1000 '

test.for([
  ['text', () => [], /ended what a devlaunch that was killed had left: pid (\d+) \(sleep 1000\)/],
  ['JSON', () => ['--json'], /{"event":"cleaned","processes":\[{"pid":(\d+),"command":"sleep 1000"}\]}/],
  [
    'the port is wanted',
    (held: string) => ['--port', held, '--strict-port'],
    /ended .*pid (\d+) \(sleep 1000\)/,
  ],
] as const)(
  'what devlaunch and its guard leave when both are killed is ended at the next start: %s',
  async ([, args, said]) => {
    await using folder = await project({ 'app.py': app })
    const held = `${await freePort()}`
    const options = { cwd: folder.path, env: { XDG_RUNTIME_DIR: folder.path, HELD: held } }
    const killed = start(['wsgi', 'app'], options)
    const server = Number(/\(pid (\d+)\)/.exec(await until(killed, /Expose/))?.[1])
    const tree = await vi.waitUntil(() => {
      const all = treeOf(server)
      return all.some(isDaemon) && all // its last step comes after its parent goes on
    }, 20_000)
    const [daemon] = tree.filter(isDaemon)
    await expect.poll(() => records(folder.path)).toContain(`${daemon?.pid} `)
    killed.kill('SIGSTOP') // or it would end what is left by itself
    process.kill(parentOf(server), 'SIGKILL')
    killed.kill('SIGKILL')
    await killed
    await expect.poll(() => survivors(tree)).toEqual([daemon])

    const next = await start(['wsgi', 'nothing', ...args(held)], options)
    expect(said.exec(`${next.stdout}${next.stderr}`)?.[1]).toBe(String(daemon?.pid))
    expect(survivors(tree)).toEqual([])
    expect(await records(folder.path)).toBe('')
  },
)

async function records(runtime: string): Promise<string> {
  const folder = join(runtime, 'devlaunch')
  const texts = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8').catch(() => ''))
  return (await Promise.all(texts)).join('')
}
