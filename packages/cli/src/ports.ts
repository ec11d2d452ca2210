/** The default one of its scheme, where it names none. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url)
  return Number(port || (protocol === 'https:' ? 443 : 80))
}

/** What two servers may both want. */
interface Wish {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly strictPort?: boolean | undefined
}

/** Do both want one port of one address, and one of them no other? */
export function areRivals(one: Wish, other: Wish): boolean {
  return one.port === other.port && one.host === other.host && !!(one.strictPort || other.strictPort)
}
