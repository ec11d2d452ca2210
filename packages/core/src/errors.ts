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
  | 'RUNNING'
  | 'NOT_RUNNING'
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
  static {
    // on the prototype, so that it is in the stack's first line too, which is written before a field is set
    Object.defineProperty(DevlaunchError.prototype, 'name', { value: 'DevlaunchError', writable: true })
  }
  declare readonly name: 'DevlaunchError'
  readonly code: ErrorCode
  /** Not properties of its own: whoever prints an error shows those behind the message, which has them already. */
  readonly #parts: ErrorParts & { readonly summary: string }

  constructor(code: ErrorCode, summary: string, parts: ErrorParts = {}) {
    super(clean(message(summary, parts)), 'cause' in parts ? { cause: parts.cause } : undefined)
    this.code = code
    this.#parts = { ...parts, summary }
  }

  /** What happened, to what and why, in one sentence, without the parts below. */
  get summary(): string {
    return clean(this.#parts.summary)
  }
  get hint(): string | undefined {
    return cleaned(this.#parts.hint)
  }
  get risks(): readonly Risk[] {
    return this.#parts.risks ?? []
  }
  get output(): string | undefined {
    return cleaned(this.#parts.output)
  }
  get command(): string | undefined {
    return cleaned(this.#parts.command)
  }
  get python(): string | undefined {
    return cleaned(this.#parts.python)
  }

  /** vitest prints each property and each getter of an error beneath it, but of one with this only what is in it. */
  toJSON(): { name: string; code: ErrorCode; message: string } {
    const { name, code, message } = this
    return { name, code, message }
  }
}

/** As if it had happened there: a report shows the line that it begins with, and that is to be the user's. */
export function happenedAt({ stack = '' }: { readonly stack?: string }, error: unknown): unknown {
  if (!(error instanceof DevlaunchError)) return error
  error.stack = `${error.name}: ${error.message}\n${stack.slice(stack.indexOf('\n') + 1)}`
  return error
}

function cleaned(text: string | undefined): string | undefined {
  return text && clean(text)
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
