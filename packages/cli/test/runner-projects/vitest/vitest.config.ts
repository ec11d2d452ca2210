import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    exclude: ['shared.test.ts'],
    testTimeout: 30_000, // the first test of a worker waits for the server
  },
})
