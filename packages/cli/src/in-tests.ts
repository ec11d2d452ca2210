import type { OwnOptions } from '@devlaunch/core'

/**
 * A definition as a test takes it: without what a developer's command line has it for. A test wants any free port, one
 * process, and nobody else on it; `strict`: a port that is wanted alone counts here too.
 */
export function inTests(
  { port, reload, lan, lanFor, follow, ...others }: OwnOptions,
  strict: boolean | undefined,
): OwnOptions {
  return (strict ?? others.strictPort) && port !== undefined ? { ...others, port } : others
}
