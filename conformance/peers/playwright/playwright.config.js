import { defineConfig } from '@playwright/test'

const { PEER_COMMAND, PEER_CWD, PEER_URL, PEER_REUSE, PEER_OUTPUT } = process.env

export default defineConfig({
  outputDir: PEER_OUTPUT,
  timeout: 0,
  reporter: 'line',
  webServer: {
    command: PEER_COMMAND,
    cwd: PEER_CWD,
    url: PEER_URL,
    reuseExistingServer: PEER_REUSE === 'yes',
    stdout: 'pipe',
    stderr: 'pipe',
  },
})
