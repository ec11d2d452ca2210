import { pathToFileURL } from 'node:url'

/**
 * Runs `script` if its file is what Node was started with; an error becomes one message, without a stack.
 * @param {string} url the file's `import.meta.url`
 * @param {(args: string[]) => Promise<number | void>} script resolves to the exit code
 */
export async function main(url, script) {
  if (url !== pathToFileURL(process.argv[1] ?? '').href) return
  try {
    process.exitCode = (await script(process.argv.slice(2))) ?? 0
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error)
    process.exitCode = 1
  }
}

/** Something the reader can put right; its message says how. */
export class Failure extends Error {}
