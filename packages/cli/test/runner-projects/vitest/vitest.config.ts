import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    exclude: ['shared.test.ts'],
    // the first test of a worker waits for the server
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
