import { http } from '@devlaunch/http'
import { expectGone, listening, makeTrial, servers, treeOf } from '@devlaunch/testkit'
import { expect, test } from 'vitest'

const newest = servers().filter(({ age }) => age === 'newest')

test.for(newest)(
  'forty launches at once have forty ports, each its own, and leave nothing',
  async (environment) => {
    const { makeProject, start, modes } = makeTrial(http, { app: 'files' }, environment)
    await using project = await makeProject()
    const launched = await Promise.all(Array.from({ length: 40 }, () => start(project, modes[0])))
    expect(new Set(launched.map(({ url }) => url)).size).toBe(40)
    const trees = launched.map(({ pid }) => treeOf(pid))
    expect(trees.map((tree) => listening(tree))).toEqual(launched.map(({ url }) => [new URL(url).host]))
    await Promise.all(launched.map((server) => server.stop()))
    for (const [index, { url }] of launched.entries()) await expectGone(trees[index] ?? [], url)
  },
)
