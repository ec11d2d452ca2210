import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { pace } from '../src/pace.ts'

/** Three chunks, and what uses them. */
function paced(ending: Promise<void>, use: (text: string) => unknown) {
  const stream = new PassThrough({ encoding: 'utf8' })
  const used: string[] = []
  pace(stream, ending, (text) => {
    used.push(text)
    return use(text)
  })
  for (const chunk of ['one', 'two', 'three']) stream.write(chunk)
  stream.end()
  return { stream, used }
}

test('nothing is read before the last piece has been used', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { stream, used } = paced(new Promise(() => {}), () => promise)
  await new Promise((wake) => setImmediate(wake))
  expect(used).toEqual(['one'])
  resolve()
  await finished(stream)
  expect(used).toEqual(['one', 'two', 'three'])
})

test('what returns no promise is not waited for', async () => {
  const { stream, used } = paced(new Promise(() => {}), (text) => text.length)
  await finished(stream)
  expect(used).toEqual(['one', 'two', 'three'])
})

test('a reader that never comes back is not waited for once the server ends', async () => {
  const { promise: ending, resolve: end } = Promise.withResolvers<void>()
  const { stream, used } = paced(ending, () => new Promise(() => {}))
  await new Promise((wake) => setImmediate(wake))
  expect(used).toEqual(['one'])
  end()
  await finished(stream)
  expect(used).toEqual(['one', 'two', 'three'])
})
