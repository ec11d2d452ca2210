import { gunicorn } from '@devlaunch/gunicorn'
import { expectGone, listening, makeTrial, servers, treeOf } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'

const newest = servers().filter(({ age }) => age === 'newest')

describe.for(newest)('gunicorn $age', (environment) => {
  test.for([
    ['gthread', 'wsgi'],
    ['gevent', 'wsgi'],
    ['asgi', 'asgi'],
    ['uvicorn_worker.UvicornWorker', 'asgi'],
  ] as const)('worker class %s serves an app for %s, bound as planned', async ([name, app]) => {
    const { makeProject, start } = makeTrial(gunicorn, { app, target: 'app:app' }, environment)
    await using project = await makeProject()
    await using server = await start(project, { name, reload: false, args: ['-k', name] })
    expect(await (await fetch(server.url)).text()).toContain(app)
    const tree = treeOf(server.pid)
    expect(listening(tree)).toEqual([new URL(server.url).host])
    await server.stop()
    await expectGone(tree, server.url)
  })

  test('two run side by side in one folder, and the end of one leaves the other alone', async () => {
    const { makeProject, start, modes } = makeTrial(gunicorn, { app: 'wsgi', target: 'app:app' }, environment)
    await using project = await makeProject()
    await using first = await start(project, modes[0])
    await using second = await start(project, modes[0])
    await first.stop()
    expect(await (await fetch(second.url)).text()).toContain('wsgi')
    expect(second.logs.all.join('\n')).not.toMatch(/error|in use/i)
  })
})
