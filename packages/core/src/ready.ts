import { get } from 'node:http'

/**
 * One GET. Resolves with the status, or `undefined` if nobody answered: some servers listen long before they can.
 * GET, because a route that knows only GET answers HEAD with 405.
 */
export function answer(url: string, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = { 'user-agent': 'devlaunch', connection: 'close' }
    const request = get(url, { headers, signal, agent: false }, (response) => {
      resolve(response.statusCode)
      response.destroy() // an endless stream has answered too
    })
    request.on('error', () => resolve(undefined))
  })
}
