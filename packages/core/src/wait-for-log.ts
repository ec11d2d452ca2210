import { clean } from './clean.ts'
import { longestTimeout } from './deadline.ts'
import { DevlaunchError } from './errors.ts'
import type { Log, Stream } from './logs.ts'
import { quote } from './quote.ts'
import type { Exit } from './watch.ts'

export interface LogWait {
  /** Milliseconds. Default 30 000. */
  readonly timeout?: number
  /** Default: both. In a terminal everything is on `stdout`. */
  readonly stream?: Stream
  readonly signal?: AbortSignal
}

/** Lines of the output that an error shows. */
const shown = 25

/** The first line that matches, of those that are kept and of those that come. Colours are removed before. */
export async function waitForLog(
  { server, log, exited }: { readonly server: string; readonly log: Log; readonly exited: Promise<Exit> },
  pattern: string | RegExp,
  { timeout = 30_000, stream, signal }: LogWait = {},
): Promise<string> {
  if (!(timeout > 0 && timeout <= longestTimeout))
    throw new DevlaunchError('USAGE', `${timeout} ms is not a time to wait`, { hint: 'give up to 24 days' })
  const what = typeof pattern === 'string' ? quote(pattern) : String(pattern)
  const where = stream ? ` to ${stream}` : ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const look = (lines: readonly string[]) => {
    const line = lines.map(clean).find((each) => isMeant(each, pattern))
    if (line !== undefined) resolve(line)
  }
  const fail = (code: 'ABORTED' | 'FAILED' | 'NOT_READY', why: string, hint?: string) => {
    const output = log.text.trimEnd().split('\n').slice(-shown).join('\n')
    reject(new DevlaunchError(code, why, { ...(output && { output }), ...(hint && { hint }) }))
  }
  const unwatch = log.onLines((lines, from) => (stream === undefined || from === stream) && look(lines))
  look(stream ? log[stream] : log.all)
  void exited.then(({ error, code, signal }) => {
    if (error) return reject(error)
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`
    fail('FAILED', `${server} has ended (${how}), and has not printed ${what}${where}`)
  })
  const late = () =>
    fail(
      'NOT_READY',
      `${server} has not printed ${what}${where} within ${timeout / 1000} s`,
      'wait for another text, or give it more time: { timeout }, in milliseconds',
    )
  const timer = setTimeout(late, timeout)
  const abort = () => fail('ABORTED', `nobody waits any more for ${server} to print ${what}`)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  try {
    return await promise
  } finally {
    unwatch()
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** `search` begins at the start also with the flags g and y, and leaves them as they are. */
function isMeant(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? line.includes(pattern) : line.search(pattern) >= 0
}
