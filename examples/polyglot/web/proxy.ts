/** What Vite passes on instead of answering it, for `npm run dev` and for the tests. */
export function proxyTo(catalog: string, orders: string): Record<string, string> {
  return { '/api/catalog': catalog, '/api/orders': orders }
}
