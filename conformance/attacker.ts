import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Connects to a port every 2 ms, until it is stopped; says how many connections were accepted. */
export function attack(port: number): { readonly stop: () => number } {
  const host = wideAddress()
  let accepted = 0
  const timer = setInterval(() => {
    const socket = connect({ host, port })
    socket.on('connect', () => {
      accepted++
      socket.destroy()
    })
    socket.on('error', () => {}) // refused, as it should be
  }, 2)
  return {
    stop: () => {
      clearInterval(timer)
      return accepted
    },
  }
}

/** An address of this machine that isn't loopback: who connects to it meets wide listeners only. */
function wideAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const found = addresses.find(({ internal, family }) => !internal && family === 'IPv4')
  if (!found) throw new Error('this machine has no address besides loopback: nobody could attack from there')
  return found.address
}
