import { get } from 'node:http'

/**
 * A resource of Werkzeug's debugger, which answers with it whatever path and `Host` it is asked by
 * (werkzeug/debug/__init__.py, `get_resource`).
 */
const resource = '/?__debugger__=yes&cmd=resource&f=debugger.js'

/** What that script sends a PIN by, since Werkzeug 2.2; nothing of the question, which a page may repeat. */
const mark = /pinauth/

/** More than the script has. It is 10 kB long. */
const longest = 1 << 16

/**
 * Does Werkzeug's debugger answer there? It may be in the app itself, whatever server it runs on. One that is mounted
 * below a path isn't seen. `url`: without a slash at the end. `false` too if nobody answers before `signal`.
 */
export function hasDebugger(url: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { 'user-agent': 'devlaunch', connection: 'close' }
    const request = get(`${url}${resource}`, { headers, signal, agent: false }, (response) => {
      let text = ''
      const judge = () => {
        resolve(response.statusCode === 200 && mark.test(text))
        response.destroy() // the app's own page may never end
      }
      const script = /javascript/.test(response.headers['content-type'] ?? '')
      if (!script) return judge()
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
        if (text.length > longest) judge()
      })
      response.on('end', judge).on('error', judge)
    })
    request.on('error', () => resolve(false))
  })
}
