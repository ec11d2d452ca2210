import type { DevlaunchError, ErrorCode, Exit } from '@devlaunch/core'

const codes: Readonly<Record<ErrorCode, number>> = {
  USAGE: 2,
  REFUSED: 3,
  PYTHON_NOT_FOUND: 4,
  SERVER_NOT_FOUND: 4,
  PORT_TAKEN: 5,
  PORT_DENIED: 5,
  FAILED: 6,
  GUARD_LOST: 6,
  NOT_READY: 7,
  EXPOSED: 8,
  RUNNING: 9,
  NOT_RUNNING: 10,
  ABORTED: 1, // only by a signal, whose number decides
}

/** docs/errors.md has the table. */
export function exitCodeOf(error: DevlaunchError): number {
  return codes[error.code]
}

/** The server's own status, as a shell would tell it. */
export function exitCodeAfter({ error, code, signal }: Exit): number {
  if (error) return exitCodeOf(error)
  return code ?? 128 + (signal ?? 0)
}
