import { defineConfig } from '@playwright/test'
import { findChromium } from './e2e/chromium.ts'

export default defineConfig({
  testDir: 'e2e',
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  expect: { timeout: 15_000 },
  use: {
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: findChromium(),
      // Chromium has no sandbox for root, which is who one is in a container
      chromiumSandbox: process.getuid?.() !== 0,
    },
  },
})
