import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { read } from './kernel.ts'

/** Resolves when a guard has written this process down, which it does once a second; rejects after 10 s. */
export async function recorded(pid: number): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: the guard chooses its folder by it
  const { XDG_RUNTIME_DIR } = process.env
  const folder = XDG_RUNTIME_DIR
    ? join(XDG_RUNTIME_DIR, 'devlaunch')
    : join(tmpdir(), `devlaunch-${process.getuid?.()}`)
  for (let look = 0; look < 200; look++) {
    const texts = readdirSync(folder).map((name) => read(join(folder, name)))
    if (texts.some((text) => new RegExp(`^${pid} `, 'm').test(text))) return
    await sleep(50)
  }
  throw new Error(`no guard has written down ${pid} in ${folder}`)
}
