import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { choosePort } from '../src/port.ts'

test('a port that browsers and fetch refuse is no neighbour of one that is taken', async () => {
  const host = '127.0.0.1'
  await using server = createServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  server.once('error', () => resolve()).listen({ host, port: 5059 }, () => resolve()) // or somebody else has it
  await promise
  const port = await choosePort({ host, port: 5059, strict: false, lost: false })
  expect(port).toBeGreaterThan(5061)
  await expect(fetch('http://127.0.0.1:5060')).rejects.toMatchObject({ cause: { message: 'bad port' } })
})
