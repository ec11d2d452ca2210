import { createInterface } from 'node:readline'
import { start } from './cli.ts'

/** What `--json` says of a server that is ready. */
export interface Serving {
  readonly url: string
  /** Of the server's first process. */
  readonly pid: number
  readonly running: ReturnType<typeof start>
}

/** Starts the command line with `--json`; resolves when the server is ready, rejects if the command ends before. */
export async function serving(...[args, options]: Parameters<typeof start>): Promise<Serving> {
  // a port of its own: what is tested here is not how launches share the first choice
  const port = 20_000 + Math.floor(Math.random() * 10_000) // below those that the kernel gives away
  const running = start(['--json', '--port', `${port}`, ...args], options)
  if (!running.stdout) throw new Error('it was started without an output')
  let pid = 0
  for await (const line of createInterface(running.stdout)) {
    const event = JSON.parse(line)
    if (event.event === 'started') pid = event.pid
    if (event.event === 'ready') return { url: event.url, pid, running }
  }
  const { exitCode, stdout, stderr } = await running
  throw new Error(`ended with ${exitCode} before it was ready:\n${stdout}\n${stderr}`)
}
