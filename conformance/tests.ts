import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Campaign, Outcome } from './campaign.ts'

const root = join(import.meta.dirname, '..')

/** Tests of the command line that try more when they are told to, by DEVLAUNCH_RUNS. */
const files: Readonly<Record<string, string>> = {
  'hostile command lines and targets': 'packages/cli/test/property.test.ts',
  'every exit code and signal': 'packages/cli/test/endings.test.ts',
}

export const tests: Campaign = {
  name: 'tests',
  aim: 'hostile command lines never start anything that the grammar does not allow; every exit code and signal is mapped',
  runs: { full: 10_000, short: 0 },
  seconds: 0.05,
  // among the tests they are by themselves
  cases: (short) =>
    Object.entries(short ? {} : files).map(([what, file]) => ({
      what: { what },
      run: (runs) => vitest(file, runs),
    })),
}

function vitest(file: string, runs: number): Promise<Outcome> {
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing`)
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    file,
    '--reporter=json',
    '--testTimeout=3600000',
  ]
  const options = { cwd: root, env: { ...process.env, DEVLAUNCH_RUNS: String(runs) }, maxBuffer: 2 ** 26 }
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (_error, stdout) => {
      const { numPassedTests, numTotalTests } = JSON.parse(stdout.slice(stdout.indexOf('{')))
      const failed = numTotalTests - numPassedTests
      const misses =
        failed > 0 || numTotalTests === 0 ? [`${failed} of ${numTotalTests} tests of ${file} fail`] : []
      resolve({ figures: { tests: numTotalTests, failed }, misses })
    })
  })
}
