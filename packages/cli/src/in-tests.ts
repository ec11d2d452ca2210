import { type OwnOptions, parseAddress } from '@devlaunch/core'

/**
 * A definition as a test takes it: without what a developer's command line has it for. A test wants any free port, one
 * process, and nobody else on it; `strict`: a port that is wanted alone counts here too.
 */
export function inTests(
  { host, port, reload, lan, lanFor, follow, ...others }: OwnOptions,
  strict: boolean | undefined,
): OwnOptions {
  return {
    ...others,
    ...(host !== undefined && parseAddress(host)?.reach === 'loopback' && { host }),
    ...((strict ?? others.strictPort) && port !== undefined && { port }),
  }
}
