import { defineConfig } from '@playwright/test'
import { webServer } from 'devlaunch/playwright'

export default defineConfig({
  testMatch: 'greeting.spec.ts',
  webServer: webServer('flask', { cwd: 'shop' }),
  use: { baseURL: process.env.DEVLAUNCH_URL },
})
