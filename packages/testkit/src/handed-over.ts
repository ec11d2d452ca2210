import { get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { reloaded } from './bound.ts'
import { freePort } from './free-port.ts'
import type { Trial } from './trial.ts'

/** Handed over: from the first event on, whoever connects is answered, also while the server starts again. */
export function handedOver({ given, makeProject, start }: Trial): void {
  describe.for(given)('$name', (mode) => {
    test('answers whoever connects as soon as it is started', async () => {
      await using project = await makeProject()
      const port = await freePort()
      const early: Promise<Answer>[] = []
      const knock = () => early.push(ask(`http://127.0.0.1:${port}/`))
      const options = {
        port,
        strictPort: true,
        onEvent: ({ event }: { event: string }) => void (event === 'started' && knock()),
      }
      await using server = await start(project, mode, options)
      expect(server.plan.listener).toBe('handed-over')
      expect(await Promise.all(early)).toEqual([200])
    })
  })

  const reloading = given.find(({ reload }) => reload)
  if (!reloading) return
  test('refuses nobody during three reloads', { timeout: 90_000 }, async () => {
    await using project = await makeProject()
    await using server = await start(project, reloading)
    const answers: Promise<Answer>[] = []
    let waiting = 0 // a slow server is not asked more than its queue has room for
    const knock = () => {
      if (waiting >= 50) return
      waiting++
      answers.push(ask(`${server.url}/`).finally(() => waiting--))
    }
    const timer = setInterval(knock, 5)
    for (let reload = 0; reload < 3; reload++) await reloaded(server, project.save)
    clearInterval(timer)
    const all = await Promise.all(answers)
    expect(all.length).toBeGreaterThan(100)
    expect(all.filter((each) => each === 'ECONNREFUSED')).toEqual([])
  })
}

type Answer = number | string | undefined

/** A status, or the name of the system's error. */
function ask(url: string): Promise<Answer> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => resolve(response.resume().statusCode)).on(
      'error',
      (error: NodeJS.ErrnoException) => resolve(error.code),
    )
  })
}
