import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Campaign, Outcome } from './campaign.ts'

const root = join(import.meta.dirname, '..')

/** Tests of the command line that try more when they are told to, by DEVLAUNCH_RUNS. */
const files: Readonly<Record<string, string>> = {
  'hostile command lines and targets': 'packages/cli/test/property.test.ts',
  'every exit code and signal': 'packages/cli/test/endings.test.ts',
}

/** What is read of vitest's. */
interface Report {
  readonly numPassedTests: number
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[]
  }[]
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

async function vitest(file: string, runs: number): Promise<Outcome> {
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing`)
  const folder = await mkdtemp(join(tmpdir(), 'devlaunch-tests-'))
  const report = join(folder, 'report.json')
  const args = ['run', file, '--testTimeout=3600000', '--reporter=json', `--outputFile=${report}`]
  const options = { cwd: root, env: { ...process.env, DEVLAUNCH_RUNS: String(runs) }, maxBuffer: 2 ** 26 }
  try {
    await new Promise<void>((resolve) => {
      const program = join(root, 'node_modules/vitest/vitest.mjs')
      execFile(process.execPath, [program, ...args], options, () => resolve()) // the report says what failed
    })
    const { numPassedTests, numTotalTests, testResults }: Report = JSON.parse(await readFile(report, 'utf8'))
    const failed = numTotalTests - numPassedTests
    const misses =
      failed > 0 || numTotalTests === 0 ? [`${failed} of ${numTotalTests} tests of ${file} fail`] : []
    const why = testResults.flatMap(({ assertionResults }) =>
      assertionResults.flatMap(({ failureMessages }) => failureMessages),
    )
    return { figures: { tests: numTotalTests, failed }, misses: [...misses, ...why] }
  } finally {
    await rm(folder, { recursive: true })
  }
}
