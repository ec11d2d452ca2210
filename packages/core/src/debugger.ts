import { page } from './ready.ts'

/**
 * A resource of Werkzeug's debugger, which answers with it whatever path and `Host` it is asked by
 * (werkzeug/debug/__init__.py, `get_resource`).
 */
const resource = '/?__debugger__=yes&cmd=resource&f=debugger.js'

/** What that script sends a PIN by, since Werkzeug 2.2; nothing of the question, which a page may repeat. */
const mark = /pinauth/

/**
 * Does Werkzeug's debugger answer there? It may be in the app itself, whatever server it runs on. One that is mounted
 * below a path isn't seen. `url`: without a slash at the end. `false` too if nobody answers before `signal`.
 */
export async function hasDebugger(url: string, signal: AbortSignal): Promise<boolean> {
  const script = await page(url + resource, signal, /javascript/)
  return script?.status === 200 && mark.test(script.text)
}
