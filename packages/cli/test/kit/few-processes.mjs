import { execFileSync } from 'node:child_process'
import { stat } from 'node:fs/promises'

await stat('/') // the first one starts all threads that libuv will ever have
execFileSync('prlimit', ['--nproc=1:1', '--pid', String(process.pid)])
