import { get, type IncomingMessage } from 'node:http'

/** Characters of a page that are read. */
const longest = 65_536

/**
 * One GET. Resolves with the status, or `undefined` if nobody answered: some servers listen long before they can.
 * GET, because a route that knows only GET answers HEAD with 405.
 */
export async function answer(url: string, signal: AbortSignal): Promise<number | undefined> {
  const response = await respond(url, signal)
  response?.destroy() // an endless stream has answered too
  return response?.statusCode
}

/** One GET, with the beginning of the page; without it where the page is of another `type`, and may never end. */
export async function page(
  url: string,
  signal: AbortSignal,
  type: RegExp = /(?:)/,
): Promise<{ status: number; text: string } | undefined> {
  const response = await respond(url, signal)
  if (!response) return undefined
  const { statusCode: status = 0, headers } = response
  if (!type.test(headers['content-type'] ?? '')) {
    response.destroy()
    return { status, text: '' }
  }
  let text = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk
      if (text.length > longest) break
    }
  } catch {} // what has come is enough
  return { status, text }
}

async function respond(url: string, signal: AbortSignal): Promise<IncomingMessage | undefined> {
  // half of the time of loading is TLS
  const ask = url.startsWith('https:') ? (await import('node:https')).get : get
  const headers = { 'user-agent': 'devlaunch', connection: 'close' }
  // its certificate is made for its name, and we ask for its address: that the socket is ours is read from the kernel
  const options = { headers, signal, agent: false, rejectUnauthorized: false } as const
  return new Promise((resolve) => {
    ask(url, options, resolve).on('error', () => resolve(undefined))
  })
}
