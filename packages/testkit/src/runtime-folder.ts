import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

// Of each test file, as if it were another machine: what its guards leave when they are killed is ended by the next start
// of its own, not by whatever runs at the same time.
const folder = mkdtempSync(join(tmpdir(), 'devlaunch-runtime-'))
// biome-ignore lint/style/noProcessEnv: what every launch of a test passes on
process.env.XDG_RUNTIME_DIR = folder
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
