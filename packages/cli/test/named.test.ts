import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { descendants, freePort, survivors } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { parse } from '../src/args.ts'
import { choose } from '../src/choose.ts'
import { frontFor } from '../src/front.ts'
import { type Definition, defineConfig, flask, launch } from '../src/index.ts'
import { wishes } from '../src/wishes.ts'
import { devlaunch, newest, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { until } from './kit/until.ts'

const python = newest()

const wsgi = `import os
def application(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [" ".join([os.getcwd(), os.environ.get("LEVEL", ""), os.environ.get("KIND", "")]).encode()]
`

const flaskApp =
  'from flask import Flask\napp = Flask(__name__)\n@app.get("/")\ndef page():\n    return "flask"\n'

function manifest(servers: Readonly<Record<string, Definition>>): Record<string, string> {
  return { '.git/HEAD': '', 'package.json': JSON.stringify({ devlaunch: servers }, undefined, 2) }
}

const text = async (url: string) => (await fetch(url)).text()

/** Starts it, asks it, and ends it as Ctrl-C does. */
async function ask(args: readonly string[], cwd: string) {
  const running = start(args, { cwd })
  const shown = await until(running, /Local +(http\S+)\s/)
  const url = /Local +(http\S+)/.exec(shown)?.[1] ?? ''
  const answer = await text(url)
  running.kill('SIGINT')
  await running
  return { answer, port: Number(new URL(url).port), shown }
}

describe('devlaunch NAME', () => {
  test('runs in the folder of its definition, with its variables, from wherever it is called', async () => {
    const port = await freePort()
    await using folder = await project({
      ...manifest({
        api: {
          server: 'wsgi',
          app: 'app',
          cwd: 'backend',
          port,
          python,
          env: { LEVEL: 'two' },
          envFile: 'my.env',
        },
        web: { server: 'http', directory: 'public', cwd: 'backend' },
      }),
      'my.env': 'KIND=dev\n',
      'none.env': '',
      'backend/app.py': wsgi,
      'backend/public/index.html': 'a page',
    })
    const backend = join(folder.path, 'backend')
    expect(await ask(['api'], backend)).toMatchObject({ answer: `${backend} two dev`, port })
    expect(await ask(['api', '--cwd', backend, '-e', join(folder.path, 'none.env')], '/')).toMatchObject({
      answer: `${backend} two `,
      port,
    })
    expect((await ask(['web', '--port', `${await freePort()}`], folder.path)).answer).toBe('a page')
  })

  test('of a config that Node loads, whose devlaunch is that of the project', async () => {
    await using folder = await project({
      '.git/HEAD': '',
      'package.json': '{ "type": "module" }',
      'devlaunch.config.ts': `import { defineConfig, type Definition } from 'devlaunch'
        const api: Definition = { server: 'flask', app: 'shop:app', python: ${JSON.stringify(python)}, port: ${await freePort()} }
        export default defineConfig({ api })\n`,
      'shop.py': flaskApp,
    })
    await mkdir(join(folder.path, 'node_modules'))
    await symlink(join(import.meta.dirname, '..'), join(folder.path, 'node_modules/devlaunch'))
    expect((await ask([], folder.path)).answer).toBe('flask')
  })

  test('a command, and what is added to it behind --', async () => {
    const code = 'import sys\nfrom http.server import *\nimport os\nprint(sys.argv[1:], flush=True)\n'
    const serve =
      'HTTPServer(("127.0.0.1", int(os.environ["PORT"])), SimpleHTTPRequestHandler).serve_forever()\n'
    await using folder = await project({
      ...manifest({ job: { server: 'script', command: ['python', 'job.py', 'one'], args: ['two'], python } }),
      'job.py': code + serve,
    })
    const running = start(['job', '--json', '--', 'three'], { cwd: folder.path })
    let stdout = ''
    running.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    await expect.poll(() => stdout).toContain('"event":"ready"')
    running.kill('SIGINT')
    expect((await running).stdout).toContain("['one', 'two', 'three']")
  })

  test('several and no word: they are listed as one would start them', async () => {
    await using folder = await project(
      manifest({ api: { server: 'flask' }, orders: { server: 'uvicorn', app: 'orders:app' } }),
    )
    const { code, stderr } = await devlaunch([], { cwd: folder.path })
    expect(stderr).toMatch(
      /several servers fit here\n▐ +devlaunch api +package\.json:3\n▐ +devlaunch orders +package\.json:6/,
    )
    expect(code).toBe(2)
  })

  test('which and --help are about its server', async () => {
    await using folder = await project({
      ...manifest({ api: { server: 'flask', cwd: 'backend', python: './venv' } }),
      'backend/.keep': '',
    })
    await symlink(python, join(folder.path, 'venv'))
    const { stdout } = await devlaunch(['which', 'api', '--json'], { cwd: folder.path })
    expect(JSON.parse(stdout)).toMatchObject({
      server: 'flask',
      chosen: { path: join(folder.path, 'venv/bin/python') },
    })
    expect((await devlaunch(['api', '--help'], { cwd: folder.path })).stdout).toMatch(/^devlaunch flask /)
    expect((await devlaunch(['help', 'api'], { cwd: folder.path })).stdout).toMatch(/^devlaunch flask /)
  })
})

describe('the command line goes over the definition', () => {
  test.each<[definition: Definition, words: string[], wished: object]>([
    [{ server: 'flask' }, [], { port: 5000, reload: true }],
    [{ server: 'http' }, [], { port: 8000, reload: false }],
    [{ server: 'flask', port: 9000, reload: false }, [], { port: 9000, reload: false }],
    [{ server: 'flask', port: 9000 }, ['--port', '9001'], { port: 9001 }],
    [{ server: 'flask', reload: false }, ['--reload'], { reload: true }],
    [{ server: 'flask', debug: true }, ['--no-debug'], { debug: false }],
    [{ server: 'flask', strictPort: true }, [], { strictPort: true }],
    [{ server: 'flask', strictPort: true }, ['--no-strict-port'], { strictPort: false }],
    [{ server: 'flask', allow: ['dotenv'] }, ['--allow', 'lan-bind'], { allow: ['dotenv', 'lan-bind'] }],
    [{ server: 'flask', args: ['--a'] }, ['--', '--b'], { args: ['--a', '--b'] }],
    [{ server: 'flask', timeout: 5000 }, ['--timeout', '9'], { timeout: 9000 }],
    [{ server: 'flask', lan: 'eth1', lanFor: 60_000 }, [], { lan: 'eth1', lanFor: 60_000 }],
    [{ server: 'flask', lan: 'eth1' }, ['--lan=eth2', '--lan-for', '2m'], { lan: 'eth2', lanFor: 120_000 }],
    [
      { server: 'flask', lan: true },
      ['--lan-for', '2m', '--follow'],
      { lan: true, lanFor: 120_000, follow: true },
    ],
    [{ server: 'script', command: ['x'] }, [], { command: ['x'], offeredPort: 8000 }],
    [{ server: 'script', command: ['x'], port: 9000 }, [], { command: ['x'], port: 9000 }],
    [{ server: 'granian', app: 'a:b', interface: 'wsgi' }, [], { app: 'a:b', interface: 'wsgi' }],
  ])('%j %j', async (definition, words, wished) => {
    await using folder = await project(manifest({ api: definition }))
    const args = parse(['api', ...words])
    const choice = await choose(args.words, folder.path)
    expect(wishes(choice, args)).toMatchObject({ ...wished, name: 'api', cwd: folder.path })
  })

  test.each<[definition: Definition, words: string[], gone: string]>([
    [{ server: 'flask', lan: true, lanFor: 60_000, follow: true }, ['--host', '127.0.0.2'], 'lan'],
    [{ server: 'flask', lan: true, lanFor: 60_000, follow: true }, ['--host', '127.0.0.2'], 'lanFor'],
    [{ server: 'flask', host: '127.0.0.2' }, ['--lan'], 'host'],
  ])('of two that say where to listen the later one counts: %j %j', async (definition, words, gone) => {
    await using folder = await project(manifest({ api: definition }))
    const args = parse(['api', ...words])
    expect(wishes(await choose(args.words, folder.path), args)).not.toHaveProperty(gone)
  })

  test('paths of the definition begin at its file, those of the command line where one stands', async () => {
    const front = {
      front: 'nginx',
      frontStatic: { '/static': 'build' },
      tls: { certificate: 'c.pem', key: 'k.pem' },
    } as const
    await using folder = await project({
      ...manifest({ api: { server: 'http', cwd: 'sub', envFile: 'e', python: 'p/q', ...front } }),
      'sub/.keep': '',
    })
    const at = (name: string) => join(folder.path, name)
    const choice = await choose(['api'], at('sub'))
    const args = parse(['api', '--front', 'caddy', '--front-static', '/media=media'])
    expect(wishes(choice, args)).toMatchObject({ cwd: at('sub'), envFile: at('e'), python: at('p/q') })
    expect(frontFor(choice, parse(['api']))).toMatchObject({
      front: 'nginx',
      statics: { '/static': at('build') },
    })
    expect(frontFor(choice, args)).toEqual({
      ...{ cwd: '.', front: 'caddy', tls: { certificate: at('c.pem'), key: at('k.pem') } },
      statics: { '/static': at('build'), '/media': 'media' },
    })
    expect(frontFor(choice, parse(['api', '--tls', 'new.pem,key.pem']))).toMatchObject({
      front: 'nginx',
      tls: { certificate: 'new.pem', key: 'key.pem' },
    })
  })

  test.each([
    [['--lan-for', '30m'], '--lan-for needs --lan'],
    [['--follow'], '--follow needs --lan'],
    [['--host', '127.0.0.2', '--lan-for', '30m'], '--lan-for needs --lan'],
    [['--tls', 'c.pem,k.pem'], '--tls needs --front'],
    [['--front-static', '/static=build'], '--front-static needs --front'],
  ])('%j has nothing that it is about', async (words, why) => {
    await using folder = await project(manifest({ api: { server: 'http' } }))
    for (const first of ['api', 'http']) {
      const { code, stdout, stderr } = await devlaunch([first, ...words], { cwd: folder.path })
      expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(why) })
    }
  })

  test('--dry-run shows the front of the definition', async () => {
    await using folder = await project({
      ...manifest({ api: { server: 'wsgi', app: 'app', front: 'nginx', python } }),
      'app.py': wsgi,
    })
    const { stdout } = await devlaunch(['api', '--dry-run', '--json'], { cwd: folder.path })
    expect(JSON.parse(stdout)).toMatchObject({ server: 'wsgi', front: { server: 'nginx' } })
    const { stdout: conf } = await devlaunch(['front', 'caddy', 'api'], { cwd: folder.path })
    expect(conf).toContain('reverse_proxy')
  })
})

describe("launch('api')", () => {
  test('takes any free port, and one process; its options go over the definition', async () => {
    const port = await freePort()
    await using folder = await project({
      ...manifest({
        api: { server: 'wsgi', app: 'app', cwd: 'backend', port, python, env: { LEVEL: 'two', KIND: 'dev' } },
        site: { server: 'flask', app: 'shop:app', reload: true, python: newestPython() },
      }),
      'backend/app.py': wsgi,
      'shop.py': flaskApp,
    })
    const cwd = join(folder.path, 'backend')
    await using api = await launch('api', { cwd, env: { KIND: 'test' } })
    expect(await text(api.url)).toBe(`${cwd} two test`)
    expect(new URL(api.url).port).not.toBe(`${port}`)
    await using exact = await launch('api', { cwd, port, strictPort: true })
    expect(exact.url).toBe(`http://127.0.0.1:${port}`)
    await using site = await launch('site', { cwd })
    expect(await text(site.url)).toBe('flask')
    expect(site.plan.policy.reload).toBe(false)
    await using other = await launch(flask, { cwd: folder.path, app: 'shop:app', python })
    expect(await text(other.url)).toBe('flask')
  })

  test('takes the port that the definition wants alone', async () => {
    const port = await freePort()
    await using folder = await project({
      ...manifest({ web: { server: 'http', port, strictPort: true } }),
      'index.html': 'a page',
    })
    await using web = await launch('web', { cwd: folder.path })
    expect(web.url).toBe(`http://127.0.0.1:${port}`)
    await expect(launch('web', { cwd: folder.path })).rejects.toMatchObject({ code: 'PORT_TAKEN' })
    await using other = await launch('web', { cwd: folder.path, strictPort: false })
    expect(other.url).not.toBe(web.url)
  })

  test('stays on loopback, whatever the command line does', async () => {
    await using folder = await project(
      manifest({ web: { server: 'http', lan: true, lanFor: 60_000, follow: true } }),
    )
    await using web = await launch('web', { cwd: folder.path })
    expect(web.lan).toBeUndefined()
    await using wide = await project(
      manifest({
        web: { server: 'http', host: '0.0.0.0', allow: ['public-bind'] },
        six: { server: 'http', host: '::1' },
      }),
    )
    await using narrow = await launch('web', { cwd: wide.path })
    expect(narrow.plan.policy.bind.host).toBe('127.0.0.1')
    await using six = await launch('six', { cwd: wide.path })
    expect(six.plan.policy.bind.host).toBe('::1')
    const { stdout } = await devlaunch(['test', 'web', '--', 'sh', '-c', 'echo $DEVLAUNCH_HOST'], {
      cwd: wide.path,
    })
    expect(stdout).toBe('127.0.0.1')
    await using asked = await launch('web', { cwd: wide.path, host: '127.0.0.2' })
    expect(asked.plan.policy.bind.host).toBe('127.0.0.2')
  })

  test('puts in front of it what the definition says', async () => {
    await using folder = await project({
      ...manifest({
        api: { server: 'wsgi', app: 'app', front: 'nginx', frontStatic: { '/s': 'files' }, python },
      }),
      'app.py': wsgi,
      'files/one.txt': 'a file',
    })
    await using api = await launch('api', { cwd: folder.path })
    expect(api.front?.server).toBe('nginx')
    expect(await text(`${api.url}/s/one.txt`)).toBe('a file')
    expect(await text(api.url)).toContain(folder.path)
    const all = descendants(process.pid)
    await api.stop()
    expect(survivors(all)).toEqual([])
  })

  test('fails where it was called: a report shows that line', async () => {
    await using folder = await project(manifest({ api: { server: 'flask', app: 'nowhere:app', python } }))
    for (const name of ['api', 'apj']) {
      const failure = await launch(name, { cwd: folder.path }).catch((error: Error) => error)
      const [first = ''] = `${failure instanceof Error && failure.stack}`
        .split('\n')
        .filter((line) => /^ +at /.test(line))
      expect(first).toContain('named.test.ts')
    }
  })

  test('says which names there are', async () => {
    await using folder = await project(manifest({ api: { server: 'http' } }))
    await using empty = await project({ '.git/HEAD': '' })
    await expect(launch('apj', { cwd: folder.path })).rejects.toMatchObject({
      code: 'USAGE',
      summary: `there is no server "apj" in ${join(folder.path, 'package.json')}`,
      hint: 'did you mean "api"? one of: api',
    })
    await expect(launch('flask', { cwd: folder.path })).rejects.toMatchObject({
      code: 'USAGE',
      hint: "write it without quotes: import { flask } from 'devlaunch'",
    })
    await expect(launch('api', { cwd: empty.path })).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'write it into package.json: npx devlaunch init',
    })
  })
})

test('TypeScript knows what each server can be told', () => {
  const config = defineConfig({
    api: { server: 'flask', app: 'shop:app', port: 8000, env: { LEVEL: '2' } },
    files: { server: 'http', directory: 'public', front: 'nginx' },
    job: { server: 'script', command: ['python', 'app.py'] },
    // @ts-expect-error: flask has no manage.py
    wrong: { server: 'flask', manage: 'manage.py' },
    // @ts-expect-error: nor a key that nobody has
    mistyped: { server: 'flask', prot: 8000 },
    // @ts-expect-error: uvicorn needs an app
    empty: { server: 'uvicorn' },
    // @ts-expect-error: a port is a number
    text: { server: 'flask', port: '8000' },
    // @ts-expect-error: there is no such server
    unknown: { server: 'tornado' },
    // @ts-expect-error: only granian has it
    speaks: { server: 'uvicorn', app: 'a:b', interface: 'wsgi' },
  })
  expect(Object.keys(config)).toHaveLength(9)
})
