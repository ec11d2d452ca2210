import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import getPort from 'get-port'

/** What one writes without a tool, with care: any free port, an end of the server is seen, and a `finally`. */
const [test, python, ...words] = process.argv.slice(2)
const port = await getPort()
const url = `http://127.0.0.1:${port}/`
const args = words.map((word) => word.replace('PORT', port))
const server = execa(python, args, { stdio: 'inherit', reject: false, forceKillAfterDelay: 5000 })
try {
  await Promise.race([answers(), server.then(({ exitCode }) => Promise.reject(ended(exitCode)))])
  await execa(process.execPath, [test], { stdio: 'inherit', env: { TEST_URL: url } })
} finally {
  server.kill()
  await server
}

async function answers() {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await setTimeout(100)) {
    if (await fetch(url).catch(() => undefined)) return
  }
  throw new Error(`${url} didn't answer`)
}

function ended(code) {
  return new Error(`the server ended with ${code}`)
}
