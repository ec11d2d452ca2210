import { writeFileSync } from 'node:fs'

/** The "test" that every tool runs once it takes the server for ready: notes who answers, then works until it is ended. */
const [url, file] = process.argv.slice(2)
const response = await fetch(url)
writeFileSync(file, await response.text())
setInterval(() => {}, 1000)
