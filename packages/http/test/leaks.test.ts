import { launch } from '@devlaunch/core'
import { http } from '@devlaunch/http'
import { leaksOf } from '@devlaunch/testkit'
import { expect, test } from 'vitest'

test('twenty starts and stops in a row leave nothing', async () => {
  const { memory, ...left } = await leaksOf(20, async () => {
    await using server = await launch(http, { cwd: import.meta.dirname })
    return [server.plan.policy.bind.port]
  })
  expect(left).toEqual({ processes: [], descriptors: [], files: [], ports: [] })
  expect(memory).toBeLessThan(50e6)
})

test('what is left is found', async () => {
  const servers = new AsyncDisposableStack()
  const { processes, descriptors, files, ports } = await leaksOf(1, async () => {
    const server = servers.use(await launch(http, { cwd: import.meta.dirname }))
    return [server.plan.policy.bind.port]
  })
  expect(processes).toHaveLength(4) // two guards, two servers
  expect(descriptors.length).toBeGreaterThan(0)
  expect(files).toHaveLength(4) // of each a guard's record, and what others are told
  expect(ports).toHaveLength(1)
  await servers.disposeAsync()
})
