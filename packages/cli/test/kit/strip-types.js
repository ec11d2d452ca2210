import { stripTypeScriptTypes } from 'node:module'

/** For jest, which doesn't load TypeScript as Node does: the sources of devlaunch, which need no more than this. */
export default {
  /** @param {string} source */
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
}
