import { main } from './main.ts'

void main(process.argv.slice(2))
  .catch((error) => {
    // Node itself would print the line of the source, too: that is the whole bundle
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    return 1
  })
  .then((code) => {
    process.exitCode = code
    // what a reader that has stopped reading doesn't take keeps us for ever otherwise
    setTimeout(() => process.exit(), 500).unref()
  })
