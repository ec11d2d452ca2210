import type { start } from './cli.ts'

/** Resolves with what the command has written to stderr as soon as it matches; rejects if it ends before. */
export function until(running: ReturnType<typeof start>, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    running.stderr?.on('data', (chunk) => {
      text += chunk
      if (pattern.test(text)) resolve(text)
    })
    void running.then(() => reject(new Error(`${pattern} was never printed:\n${text}`)))
  })
}
