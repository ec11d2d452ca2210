import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

const conditions = ['@devlaunch/source', 'module', 'node', 'development|production']

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: ['@devlaunch/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'conformance/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/runner-projects/**'], // run by the tests of the fixtures
    setupFiles: ['packages/testkit/src/runtime-folder.ts'],
    // A deadline for what never comes, not a measure: a test waits for facts.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 50 } },
    // They wait for other processes more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
})
