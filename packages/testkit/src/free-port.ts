import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Below those that Linux gives to whoever asks for any (32768, net.ipv4.ip_local_port_range): between the answer and its
 * use nobody else is given this one. Test files that run at the same time have ranges of their own.
 */
const perWorker = 2000
// biome-ignore lint/style/noProcessEnv: vitest's, from 1 on
const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 10
const first = 10_000 + worker * perWorker
let next = Math.floor(Math.random() * perWorker)

/** A port on which nobody listens at any address, and nobody has a minute ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    next = (next + 1) % perWorker
    if (!isRemembered(first + next) && (await isFree(first + next))) return first + next
  }
}

/** Has the kernel a connection of it, ended ones included? Who binds without SO_REUSEADDR doesn't get it then. */
function isRemembered(port: number): boolean {
  const local = new RegExp(`^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} `, 'm')
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].filter(existsSync)
  return tables.some((table) => local.test(readFileSync(table, 'utf8')))
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listening = new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true)).once('error', () => resolve(false))
  })
  server.listen(port)
  if (!(await listening)) return false
  await new Promise((resolve) => server.close(resolve))
  return true
}
