import { execa } from 'execa'
import waitOn from 'wait-on'

/** What one writes with execa: start it, wait for an answer, run the rest. */
const [url, file, python, ...args] = process.argv.slice(2)
const server = execa(python, args, { stdio: 'inherit', killDescendants: true })
await Promise.race([server, waitOn({ resources: [url.replace('http:', 'http-get:')] })])
process.argv.splice(2, process.argv.length, url, file)
await import('./probe.js')
