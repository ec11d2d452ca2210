import { main } from './main.ts'

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
  // what a reader that has stopped reading doesn't take keeps us for ever otherwise
  setTimeout(() => process.exit(), 500).unref()
})
