import { killTree } from './kill.ts'

export interface QuestionOptions {
  readonly cwd?: string
  /** Milliseconds. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const patience = 20_000

/** What a program prints, or why it can't be told. A program that takes too long is ended with all it has started. */
export async function question(
  file: string,
  args: readonly string[],
  { cwd, timeout = patience, signal }: QuestionOptions,
): Promise<{ readonly answer: string } | { readonly failure: string }> {
  const { execa } = await import('execa')
  // execa's own timeout and cancelSignal end the program alone, and then wait for whoever else holds its output
  const running = execa(file, args, { reject: false, stdin: 'ignore', ...(cwd && { cwd }) })
  const time = Math.min(timeout, patience)
  let failure: string | undefined
  const end = (reason: string) => {
    failure = reason
    if (running.pid !== undefined) killTree(running.pid)
  }
  const timer = setTimeout(end, time, `it gave no answer within ${time / 1000} s`)
  const abort = () => end('it was called off')
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  const result = await running
  clearTimeout(timer)
  signal?.removeEventListener('abort', abort)
  if (failure === undefined && !result.failed) return { answer: result.stdout }
  return { failure: failure ?? lastLine(result.stderr || result.shortMessage || '') }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
