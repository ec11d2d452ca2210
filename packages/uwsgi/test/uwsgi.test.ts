import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  fixtureOf,
  listening,
  makeTrial,
  planner,
  reloaded,
  servers,
  testAdapter,
  testLan,
  treeOf,
} from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { uwsgi } from '../src/index.ts'

const { stream, ...fixture } = fixtureOf(uwsgi)
testAdapter(uwsgi)
testLan(uwsgi, fixture) // without the stream, which keeps a worker from all others

const planned = planner(uwsgi, '2.0.31', { app: 'main:app' })
const words = (text: string) => text.split(' ')
const plugin = words('--if-not-plugin=python --plugin=python3 --end-if')
const first = [...plugin, '--py-program-name=/py', '--py-sys-executable=/py', '--master']
const always = words('--no-orphans --ignore-sigpipe --die-on-term --need-app --safe-fd=198 --safe-fd=199')
const bind = (at: string) => words(`--skip-zero --if-not-env=LISTEN_FDS --http-socket=${at} --end-if`)
const last = words('--worker-reload-mercy=1 --http-socket=fd://3')

test.each([
  ['main:app', {}, [...bind('127.0.0.1:8000'), ...last, '--module=main:app']],
  ['shop.wsgi', { host: '::1' }, [...bind('[::1]:8000'), ...last, '--module=shop.wsgi']],
  ['m:f()', { reload: true }, [...bind('127.0.0.1:8000'), '--py-autoreload=1', ...last, '--module=m:f()']],
  ['wsgi.py:app', {}, [...bind('127.0.0.1:8000'), ...last, '--wsgi-file=wsgi.py', '--callable=app']],
])('the whole command for %s, %j, in a hostile environment', (app, situation, args) => {
  const hostile = { LISTEN_FDS: '3', LISTEN_PID: '1', UPSTART_FDS: '3', UWSGI_HTTP: ':9', UWSGI_INI: 'x' }
  const plan = planned({ app }, { ...situation, env: hostile })
  expect(plan).toMatchObject({ args: [...first, ...always, ...args], env: { LISTEN_FDS: '1' } })
  expect([plan.unset, plan.unenforced]).toEqual([Object.keys(hostile), ['proxyHeaders', 'allowedHosts']])
})

const listeners = '-s:9 --http=:9 --http-so=:9 --https-socket --http11-socket=:9 --soc --shared-socket=:9'
const others = '-x --emperor=/etc --zerg-server=x --ini=x x.ini --set=http=:9 --env=UWSGI_HTTP=:9 --stats=:9'
const more = '--fastrouter=:9 --daemonize=x --py-autoreload=1 --workers 2 --proc=2 '
const passed = words(`${listeners} ${others} ${more}`).map((word) => ({ args: [word] }))
test.each([...passed, { app: 'uwsgi.ini' }, { app: 'conf/uwsgi.yml' }])('%j is refused', (wish) => {
  expect(() => planned(wish)).toThrow(expect.objectContaining({ code: 'REFUSED' }))
})

const debian = existsSync('/etc/debian_version')
  ? [{ age: 'newest', python: '/usr/bin/python3' } as const]
  : []
describe.for([...servers(), ...debian])('uwsgi with $python', { timeout: 30_000 }, (environment) => {
  const { makeProject, start, modes } = makeTrial(uwsgi, fixture, environment)
  test.for(modes)('reads no configuration of the folder, $name', async (mode) => {
    await using project = await makeProject()
    for (const name of ['uwsgi.ini', '.uwsgi.ini', 'app.ini', 'uwsgi.yml', '.uwsgirc'])
      await writeFile(join(project.cwd, name), '[uwsgi]\nhttp-socket = 0.0.0.0:0\nsocket = 0.0.0.0:0\n')
    await using server = await start(project, mode)
    expect(server.plan.file).toBe(join(dirname(server.python.path), 'uwsgi'))
    if (mode.reload) await reloaded(server, project.save)
    expect(listening(treeOf(server.pid))).toEqual([new URL(server.url).host])
  })

  test.for([
    ['', 'main:nosuch', 'the variable'],
    ['1 / 0', 'main:app', 'mend'],
    ['def app(:', 'main:app', 'the line'],
    ['import nosuch', 'main:app', 'the package'],
    ['def app(scope, receive, send): ...', 'main:app', 'uvicorn'],
    ['def make():\n    return print', 'main:make', '()'],
  ] as const)('says what to do about %j as %s', async ([source, app, hint]) => {
    await using project = await makeProject()
    await writeFile(join(project.cwd, 'main.py'), source)
    const failure = { code: 'FAILED', hint: expect.stringContaining(hint) }
    await expect(start(project, modes[0], { ...{ app }, timeout: 20_000 })).rejects.toMatchObject(failure)
  })
})
