import { networkInterfaces } from 'node:os'
import type { Lan } from './lan.ts'

/** Milliseconds between two looks at the addresses of this machine. */
const pace = 1000

/** Calls once, when this address is no longer that interface's. Returns what ends the watch. */
export function watchAddress({ interface: name, host, subnet }: Lan, onGone: () => void): () => void {
  const prefix = subnet.slice(subnet.indexOf('/'))
  const timer = setInterval(() => {
    const addresses = networkInterfaces()[name] ?? []
    // a network of another size is another network
    if (addresses.some(({ address, cidr }) => address === host && cidr?.endsWith(prefix))) return
    clearInterval(timer)
    onGone()
  }, pace)
  timer.unref()
  return () => clearInterval(timer)
}
