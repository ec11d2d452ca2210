import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { openRelay } from '../src/relay.ts'

/** A server on another address of this machine, and its relay. */
async function relayed(onConnection: (socket: Socket) => void) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    onConnection(socket)
  })
  await once(server.listen(0, '127.0.0.5'), 'listening')
  const { port } = server.address() as AddressInfo
  const relay = await openRelay({ host: '127.0.0.5', port, authority: '' })
  onTestFinished(() => {
    relay.close()
    server.close()
  })
  return { server, relay, port }
}

test('bytes go both ways, also behind the end of one of them', async () => {
  const { port } = await relayed(async (socket) => {
    const asked = await buffer(socket)
    socket.end(Buffer.alloc(5_000_000, asked.length === 3_000_000 ? 'x' : '-'))
  })
  const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  client.end(Buffer.alloc(3_000_000))
  const answer = await buffer(client)
  expect(answer.length).toBe(5_000_000)
  expect(answer.includes('-')).toBe(false)
})

test('the server sees who connects as this machine', async () => {
  const { port } = await relayed((socket) => socket.end(socket.remoteAddress ?? ''))
  const client = connect({ host: '127.0.0.1', port })
  expect(String(await buffer(client))).toBe('127.0.0.1')
})

test('a client that breaks off is gone for the server too', async () => {
  const { promise, resolve } = Promise.withResolvers<Socket>()
  const { port } = await relayed(resolve)
  const client = connect({ host: '127.0.0.1', port })
  const socket = await promise
  client.resetAndDestroy()
  await once(socket.resume(), 'end')
})

test('closed, it cuts who is connected, and its port is free', async () => {
  const { promise, resolve } = Promise.withResolvers<Socket>()
  const { port, relay } = await relayed(resolve)
  const client = connect({ host: '127.0.0.1', port }).resume()
  await promise
  relay.close()
  await once(client, 'close')
  const next = await openRelay({ host: '127.0.0.5', port, authority: '' })
  next.close()
})

test('a port that is taken is named', async () => {
  const { port } = await relayed(() => {})
  await expect(openRelay({ host: '127.0.0.5', port, authority: '' })).rejects.toThrow(
    `127.0.0.1:${port} is taken`,
  )
})

test('nobody listens there yet: the client is refused too', async () => {
  const { server, port } = await relayed(() => {})
  server.close()
  const client = connect({ host: '127.0.0.1', port })
  client.on('error', () => {})
  expect(String(await buffer(client).catch(() => ''))).toBe('')
})
