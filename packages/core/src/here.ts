import type { Environment } from './candidates.ts'
import { DevlaunchError } from './errors.ts'

/** Where the launcher itself stands. */
export interface Here {
  readonly cwd: string
  readonly env: Environment
}

/** @throws DevlaunchError `USAGE` where somebody has removed the working directory. */
export function here(): Here {
  try {
    return { cwd: process.cwd(), env: process.env }
  } catch (cause) {
    throw new DevlaunchError('USAGE', 'the working directory no longer exists', {
      cause,
      hint: 'go to one that does',
    })
  }
}
