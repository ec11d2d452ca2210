import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The one that CHROMIUM_PATH names, the system's, or the one that Playwright has downloaded.
 * @throws where there is none
 */
export function findChromium(): string {
  const { CHROMIUM_PATH, PATH = '' } = process.env
  const folders = PATH.split(delimiter)
  const candidates = CHROMIUM_PATH
    ? [CHROMIUM_PATH]
    : [...names.flatMap((name) => folders.map((folder) => join(folder, name))), chromium.executablePath()]
  const found = candidates.find((file) => existsSync(file))
  if (found) return found
  throw new Error(
    CHROMIUM_PATH
      ? `CHROMIUM_PATH names ${CHROMIUM_PATH}, which isn't there`
      : 'no Chromium was found: apt-get install chromium, or npx playwright install chromium, or set CHROMIUM_PATH',
  )
}
