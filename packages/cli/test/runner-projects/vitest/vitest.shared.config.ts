import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { globalSetup: './shared-server.ts', include: ['shared.test.ts'] },
})
