import { DevlaunchError } from './errors.ts'
import { quote } from './quote.ts'

/** `fetch`, of a path of the server at this URL and of nobody else. */
export async function fetchFrom(url: string, path: string, init?: RequestInit): Promise<Response> {
  const base = new URL(url)
  const asked = URL.parse(path, url)
  if (asked?.origin === base.origin) return fetch(asked, init)
  throw new DevlaunchError('USAGE', `${quote(path)} is not a path of ${url}`, {
    hint: 'start it with one slash, for example /health',
  })
}
