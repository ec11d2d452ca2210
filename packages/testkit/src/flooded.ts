/** A program that launches: flooded.ts FOLDER PYTHON callback|silence */
import { type Adapter, launch } from '@devlaunch/core'

const [cwd = '', python = '', how] = process.argv.slice(2)

/** As `devlaunch wsgi`; the testkit depends on core alone. */
const script: Adapter<{ script: string }> = {
  name: 'script',
  port: 8000,
  reload: false,
  target: { kind: 'file', option: 'script', required: true, example: 'serve.py' },
  command: ({ script }, flags) => [script, ...flags],
  enforce: {
    bind: ({ host, port }) => ({ args: [host, String(port)] }),
    debugger: 'absent',
    reload: 'absent',
    proxyHeaders: 'absent',
    allowedHosts: 'absent',
    dotenv: 'absent',
    grace: 'absent',
  },
  socket: 'reserve',
  scrub: [],
  reserved: [],
  hints: [],
}

const server = await launch(script, {
  cwd,
  python,
  script: 'serve.py',
  ...(how === 'callback' && { onOutput: () => {} }),
})
process.stdout.write(`ready ${server.url} pid ${server.pid}\n`)
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
