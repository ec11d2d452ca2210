import { clean } from './clean.ts'
import type { Risk } from './policy.ts'

/** Every way a launch can fail. docs/errors.md has a heading for each. */
export type ErrorCode =
  | 'USAGE'
  | 'REFUSED'
  | 'PYTHON_NOT_FOUND'
  | 'SERVER_NOT_FOUND'
  | 'PORT_TAKEN'
  | 'PORT_DENIED'
  | 'FAILED'
  | 'NOT_READY'
  | 'EXPOSED'
  | 'GUARD_LOST'
  | 'ABORTED'

/** What an error carries beside its code and its one sentence. */
export interface ErrorParts {
  /** What to do about it: an instruction. */
  readonly hint?: string
  /** The risks that were refused; each is also the word that accepts it. */
  readonly risks?: readonly Risk[]
  /** The last lines that the server printed. */
  readonly output?: string
  /** The exact command, as one would type it. */
  readonly command?: string
  /** The interpreter that ran the server. */
  readonly python?: string
  readonly cause?: unknown
}

/**
 * The one error that devlaunch throws. Narrow it by `code`. Its texts can be printed: what a server or another process
 * wrote into them has neither control characters nor colours any more.
 */
export class DevlaunchError extends Error {
  override readonly name = 'DevlaunchError'
  readonly code: ErrorCode
  /** What happened, to what and why, in one sentence, without the parts below. */
  readonly summary: string
  readonly hint: string | undefined
  readonly risks: readonly Risk[]
  readonly output: string | undefined
  readonly command: string | undefined
  readonly python: string | undefined

  constructor(code: ErrorCode, summary: string, parts: ErrorParts = {}) {
    super(clean(message(summary, parts)), 'cause' in parts ? { cause: parts.cause } : undefined)
    const { hint, risks = [], output, command, python } = parts
    this.code = code
    this.summary = clean(summary)
    this.hint = hint && clean(hint)
    this.risks = risks
    this.output = output && clean(output)
    this.command = command && clean(command)
    this.python = python && clean(python)
  }
}

/** A test report shows nothing but the message, so everything a person needs is in it. */
function message(summary: string, { output, command, python, hint }: ErrorParts): string {
  return [
    summary,
    output && `\n${output.trimEnd()}\n`,
    command && `command: ${command}`,
    python && `python: ${python}`,
    hint && `what to do: ${hint}`,
  ]
    .filter(Boolean)
    .join('\n')
}
