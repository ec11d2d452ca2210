import { writeFileSync } from 'node:fs'
import { test } from '@playwright/test'

test('the server answers', async () => {
  const response = await fetch(process.env.PEER_URL)
  writeFileSync(process.env.PEER_FILE, await response.text())
  await new Promise(() => {})
})
