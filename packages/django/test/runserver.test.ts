import { django } from '@devlaunch/django'
import { listening, makeTrial, servers, treeOf } from '@devlaunch/testkit'
import { expect, test } from 'vitest'

test.for(servers())("daphne's own runserver runs, and is bound as planned ($age)", async (environment) => {
  const { makeProject, start } = makeTrial(django, { app: 'django' }, environment)
  await using project = await makeProject()
  const env = { FIXTURE_APPS: 'daphne' }
  await using server = await start(project, { name: 'daphne', reload: true, args: [], env })
  expect(server.logs.all.join('\n')).toMatch(/Starting ASGI\/Daphne version/)
  expect(server.notes).toEqual([expect.stringContaining('own runserver')])
  expect(listening(treeOf(server.pid))).toEqual([new URL(server.url).host])
})
