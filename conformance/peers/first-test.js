import { appendFileSync, existsSync } from 'node:fs'

/** The test that every tool runs: asks the server once, and notes when it began and ended. It stays until it may go. */
const note = (...words) => appendFileSync(process.env.TEST_FILE, `${words.join(' ')}\n`)
const now = () => performance.timeOrigin + performance.now()

const url = process.env.DEVLAUNCH_URL ?? process.env.TEST_URL
note('began', now(), url)
const { status } = await fetch(url)
note('answered', status)
while (!existsSync(`${process.env.TEST_FILE}-go`)) await new Promise((wake) => setTimeout(wake, 5))
note('ended', now())
if (process.env.TEST_FAILS) throw new Error('the first test fails')
