import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { proxyTo } from '../web/proxy.ts'

export interface Web extends AsyncDisposable {
  readonly url: string
}

/** The front end on a port of its own, beside whatever `npm run dev` serves. */
export async function serveWeb(catalog: string, orders: string): Promise<Web> {
  const vite = await createServer({
    root: fileURLToPath(new URL('../web', import.meta.url)),
    configFile: false,
    logLevel: 'silent',
    server: {
      host: '127.0.0.1',
      port: 0,
      proxy: proxyTo(catalog, orders),
      // a page that is tested doesn't change while somebody edits it
      hmr: false,
      watch: null,
    },
  })
  await vite.listen()
  const [url] = vite.resolvedUrls?.local ?? []
  if (!url) throw new Error('Vite has no address')
  return { url, [Symbol.asyncDispose]: () => vite.close() }
}
