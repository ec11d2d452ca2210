/** A program that launches: flooded.ts FOLDER PYTHON callback|silence */
import { launch } from '@devlaunch/core'
import { script } from './script.ts'

const [cwd = '', python = '', how] = process.argv.slice(2)

const server = await launch(script, {
  cwd,
  python,
  script: 'serve.py',
  ...(how === 'callback' && { onOutput: () => {} }),
})
process.stdout.write(`ready ${server.url} pid ${server.pid}\n`)
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
