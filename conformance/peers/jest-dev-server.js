import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setup, teardown } from 'jest-dev-server'

/** As in Jest's globalSetup and globalTeardown, without Jest: its own start is no matter of the server's. */
const [test, port, command] = process.argv.slice(2)
const servers = await setup({ command, port: Number(port), launchTimeout: 50_000 })
const [code] = await once(spawn(process.execPath, [test], { stdio: 'inherit' }), 'exit')
await teardown(servers)
process.exitCode = code
