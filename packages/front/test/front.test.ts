import { constants, existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { get, type IncomingHttpHeaders, request } from 'node:http'
import { get as getSecurely, type RequestOptions } from 'node:https'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { type AnyAdapter, authority, running, type Server, stopRunning } from '@devlaunch/core'
import { type FrontName, fronts, launchBehind } from '@devlaunch/front'
import {
  fixtureOf,
  listening,
  makeProject,
  type Project,
  parentOf,
  servers,
  survivors,
  treeOf,
} from '@devlaunch/testkit'
import { execa } from 'execa'
import { describe, expect, onTestFailed, onTestFinished, test, vi } from 'vitest'
import { adapters } from '../../cli/src/adapters.ts'

const uvicorn = adapterNamed('uvicorn')
const gunicorn = adapterNamed('gunicorn')
const names = Object.keys(fronts) as FrontName[]

describe.each(names)('%s', (front) => {
  test('answers at the planned address, and nothing else listens but the server behind it', async () => {
    const { server } = await behind(front, uvicorn)
    const sockets = [server.url, `http://${server.plan.policy.bind.authority}`].map(
      (url) => new URL(url).host,
    )
    expect(sockets[0]).not.toBe(sockets[1])
    expect(server.proof.sockets.map(({ address, port }) => authority(address, port))).toEqual(sockets)
    expect((await server.sockets()).map(({ address, port }) => authority(address, port))).toEqual(sockets)
    expect(listening(treesOf(server))).toEqual(sockets.sort())
    expect(await text(server.url)).toBe('asgi\n')
  })

  test('serves files itself', async () => {
    const { server } = await behind(front, gunicorn, { statics: { '/static': 'files' } })
    expect(await text(`${server.url}/static/a.txt`)).toBe('of the front')
    expect((await fetch(`${server.url}/static/..%2fapp.py`)).status).not.toBe(200)
    expect(await text(`${server.url}/`)).toBe('wsgi\n')
  })

  test('passes on what never ends as it comes', async () => {
    const { server } = await behind(front, uvicorn)
    const response = await fetch(`${server.url}/stream`)
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toMatch(/^(?:data\n)+$/) // it never ends
    await reader?.cancel()
  })

  test('passes on a WebSocket', async () => {
    const { server } = await behind(front, uvicorn)
    const socket = new WebSocket(server.url.replace('http', 'ws'))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    socket.onmessage = ({ data }) => resolve(data)
    socket.onerror = () => reject(new Error('no WebSocket'))
    expect(await promise).toBe('open')
    socket.close()
  })

  test('takes an upload of 1 GB', async () => {
    const { server } = await behind(front, uvicorn)
    expect(await upload(`${server.url}/upload`, 1_000_000_000)).toBe('1000000000')
  })

  test('speaks https with the certificate it is given, and says so', async () => {
    const { server } = await behind(front, gunicorn, {}, true)
    expect(server.url).toMatch(/^https:/)
    expect(await seen(server.url)).toMatchObject({ scheme: 'https', host: new URL(server.url).host })
  })

  test('takes the server along when it dies, and says why', async () => {
    const { server } = await behind(front, gunicorn)
    const trees = treesOf(server)
    process.kill(frontPid(server), 'SIGKILL')
    const { error } = await server.exited
    expect(error?.code).toBe('FAILED')
    expect(error?.message).toContain(`${front} ended (signal 9), and gunicorn was behind it`)
    expect(survivors(trees)).toEqual([])
    expect(existsSync(server.front?.folder ?? '')).toBe(false)
  })

  test('is one server to others, also when it is started again, and ends as one', async () => {
    const { server } = await behind(front, gunicorn)
    const told = async () => (await running()).filter(({ launcher }) => launcher.pid === process.pid)
    const whole = { server: 'gunicorn', front, urls: { local: server.url } }
    expect(await told()).toMatchObject([{ ...whole, pid: server.pid }])
    await server.restart()
    expect(await (await server.fetch('/')).text()).toBe('wsgi\n')
    expect(await server.waitForLog('Listening at')).toContain('Listening at')
    const all = await told()
    expect(all).toMatchObject([{ ...whole, pid: server.pid }])
    const trees = treesOf(server)
    await Promise.all(all.map(stopRunning))
    expect(survivors(trees)).toEqual([])
    expect(await server.exited).toMatchObject({ error: undefined, survivors: [] })
    expect(await told()).toEqual([])
  })

  test('is called off without an error, though the front ends first', async () => {
    const controller = new AbortController()
    const { server } = await behind(front, gunicorn, { signal: controller.signal })
    const fronts = treeOf(frontPid(server))
    process.kill(server.pid, 'SIGSTOP')
    controller.abort()
    await expect.poll(() => survivors(fronts)).toEqual([])
    process.kill(server.pid, 'SIGCONT')
    expect((await server.exited).error).toBeUndefined()
  })

  test('passes on to a server that has started again, though somebody asked meanwhile', async () => {
    const { server } = await behind(front, gunicorn)
    process.kill(server.pid, 'SIGSTOP') // the old one is away for longer
    const restarted = server.restart()
    const status = async () => (await fetch(server.url, { signal: AbortSignal.timeout(200) })).status
    let over = false
    void restarted.finally(() => {
      over = true
    })
    while (!over) await status().catch(() => {})
    await restarted
    expect(await status()).toBe(200)
  })

  test('ends with the server', async () => {
    const { server } = await behind(front, gunicorn)
    const trees = treesOf(server)
    process.kill(server.pid, 'SIGKILL')
    expect(await server.exited).toMatchObject({ signal: 9, error: undefined })
    expect(survivors(trees)).toEqual([])
  })

  test('leaves nothing after stop()', async () => {
    const { server } = await behind(front, gunicorn)
    const trees = treesOf(server)
    expect(existsSync(server.front?.folder ?? '')).toBe(true)
    expect((await server.stop()).error).toBeUndefined()
    expect(survivors(trees)).toEqual([])
    expect(existsSync(server.front?.folder ?? '')).toBe(false)
  })

  test('a certificate that is none is named, and nothing is left', async () => {
    const { project } = await projectOf(gunicorn)
    const { failed, folders } = await withoutCertificate(front, project)
    await expect(failed).rejects.toMatchObject({ code: 'FAILED', hint: 'correct the files of --tls' })
    expect(folders.map(existsSync)).toEqual([false])
  })

  describe('what a client says of itself', () => {
    const asked = adapters.filter(({ name }) => !['http', 'script'].includes(name))
    test.each(asked.map((adapter) => [adapter.name, adapter] as const))(
      'does not reach %s',
      async (_, adapter) => {
        const { server } = await behind(front, adapter)
        const host = new URL(server.url).host
        const client = { localAddress: '127.0.0.2', headers: spoofed }
        const own = { X_FORWARDED_FOR: '127.0.0.2', X_FORWARDED_PROTO: 'http', X_REAL_IP: '127.0.0.2' }
        const name = front === 'httpd' ? { X_FORWARDED_SERVER: '127.0.0.1' } : {}
        // the other two say it themselves, and waitress clears what it doesn't trust, whoever says it
        const again = front !== 'nginx' && adapter.name !== 'waitress' ? { X_FORWARDED_HOST: host } : {}
        expect(await seen(server.url, client)).toEqual({
          client: believing.has(adapter.name) ? '127.0.0.2' : '127.0.0.1',
          scheme: 'http',
          host,
          claims: { ...own, ...name, ...again },
        })
      },
    )
  })
})

/** Servers that put the client's address in place of the proxy's; the others leave that to the app. */
const believing: ReadonlySet<string> = new Set(['uvicorn', 'fastapi', 'daphne', 'waitress'])

const evil = '6.6.6.6'
const spoofed = {
  forwarded: `for=${evil};proto=https;host=evil`,
  proxy: `http://${evil}`,
  'x-forwarded-for': `${evil}, 127.0.0.1`,
  'x-forwarded-host': 'evil',
  'x-forwarded-port': '666',
  'x-forwarded-prefix': '/evil',
  'x-forwarded-proto': 'https',
  'x-forwarded-protocol': 'ssl',
  'x-forwarded-scheme': 'https',
  'x-forwarded-ssl': 'on',
  'x-real-ip': evil,
  'x-scheme': 'https',
  'x-url-scheme': 'https',
  x_forwarded_for: evil,
  'x_forwarded-for': evil,
  'x-forwarded_proto': 'https',
  x_forwarded_ssl: 'on',
  x_real_ip: evil,
}

test('Caddy opens no admin API and installs no certificate authority', async () => {
  const { server } = await behind('caddy', gunicorn, {}, true)
  expect(listening(treesOf(server))).toHaveLength(2)
  await expect(refused(2019)).resolves.toBe('ECONNREFUSED')
  const { folder = '' } = server.front ?? {}
  expect(existsSync(join(folder, 'caddy/pki'))).toBe(false)
  expect(server.logs.all.join('\n')).not.toMatch(/root certificate/)
})

test('Apache, which ends its logger at once, has its last words told', async () => {
  const { project } = await projectOf(gunicorn)
  const bin = join(project.cwd, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'cat'), '#!/bin/sh\nsleep 0.05\nexec /bin/cat "$@"\n', { mode: 0o755 })
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { failed } = await withoutCertificate('httpd', project)
  await expect(failed).rejects.toMatchObject({ code: 'FAILED', hint: 'correct the files of --tls' })
})

test('no worker of nginx waits in accept(): the socket that it is handed does not block', async () => {
  const { server } = await behind('nginx', gunicorn)
  const [, flags = ''] =
    /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/${frontPid(server)}/fdinfo/3`, 'utf8')) ?? []
  expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).toBe(constants.O_NONBLOCK)
})

test('the folder of a front goes, also when its guard is killed', async () => {
  const { server } = await behind('nginx', gunicorn)
  process.kill(parentOf(frontPid(server)), 'SIGKILL')
  expect(await server.exited).toMatchObject({ error: { code: 'GUARD_LOST' } })
  await expect.poll(() => existsSync(server.front?.folder ?? '')).toBe(false)
})

test('a temporary folder that takes no files is named, and nothing is left', async () => {
  const { project } = await projectOf(gunicorn)
  vi.stubEnv('TMPDIR', join(project.cwd, 'nowhere'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const failed = launchBehind({ front: 'nginx' }, gunicorn, optionsFor(gunicorn, project, 'app:app'))
  await expect(failed).rejects.toMatchObject({
    code: 'FAILED',
    message: expect.stringMatching(/nginx has no place for its files: .*ENOENT/),
  })
})

test('a front that is not there is named, with what to install', async () => {
  const { findProgram } = await import('../src/place.ts')
  const missing = { ...fronts.nginx, programs: ['no-such-nginx'] }
  await expect(findProgram(missing, '/bin')).rejects.toMatchObject({
    code: 'SERVER_NOT_FOUND',
    message: expect.stringContaining('nginx is not installed'),
    hint: expect.stringContaining('install'),
  })
  for (const { install } of Object.values(fronts)) expect(Object.values(install).every(Boolean)).toBe(true)
})

test.each([
  [{ '/a b': '.' }, 'is no path of a site'],
  [{ static: '.' }, 'is no path of a site'],
  [{ '/../x': '.' }, 'is no path of a site'],
  [{ '/static': 'nowhere' }, 'is no folder'],
])('%j is refused', async (statics, why) => {
  const { project } = await projectOf(gunicorn)
  const failed = launchBehind({ front: 'nginx', statics }, gunicorn, optionsFor(gunicorn, project))
  await expect(failed).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(why) })
})

test.runIf(process.getuid?.() === 0)(
  'Apache, which serves nothing as root, is not given what only root can read',
  async () => {
    const { project } = await projectOf(gunicorn)
    const wish = { front: 'httpd', statics: { '/s': '.' } } as const
    const failed = launchBehind(wish, gunicorn, optionsFor(gunicorn, project))
    await expect(failed).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('as root') })
  },
)

test('a folder with a character that a configuration would act on is refused', async () => {
  const { project } = await projectOf(gunicorn)
  await mkdir(join(project.cwd, 'a$b'))
  const failed = launchBehind(
    { front: 'nginx', statics: { '/s': 'a$b' } },
    gunicorn,
    optionsFor(gunicorn, project),
  )
  await expect(failed).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('character') })
})

function adapterNamed(name: string): AnyAdapter {
  const found = adapters.find((adapter) => adapter.name === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

async function projectOf(adapter: AnyAdapter): Promise<{ project: Project }> {
  const newest = servers(adapter).find(({ age }) => age === 'newest')
  const project = await makeProject(fixtureOf(adapter).app, newest?.python ?? '')
  onTestFinished(() => project[Symbol.asyncDispose]())
  return { project }
}

function optionsFor({ target }: AnyAdapter, { cwd, python }: Project, app?: string | readonly string[]) {
  return { cwd, python, ...(app && { [target.option]: app }) }
}

async function behind(
  front: FrontName,
  adapter: AnyAdapter,
  { signal, ...wish }: { readonly statics?: Record<string, string>; readonly signal?: AbortSignal } = {},
  secure = false,
): Promise<{ server: Server; project: Project }> {
  const { project } = await projectOf(adapter)
  await mkdir(join(project.cwd, 'files'))
  await writeFile(join(project.cwd, 'files/a.txt'), 'of the front')
  await chmod(dirname(project.cwd), 0o755) // Apache doesn't serve as root
  const tls = secure ? await certificate(project.cwd) : undefined
  const options = { ...optionsFor(adapter, project, fixtureOf(adapter).target), signal }
  const server = await launchBehind({ front, ...wish, tls }, adapter, options)
  onTestFinished(async () => void (await server.stop()))
  onTestFailed(() => void process.stderr.write(`${server.logs.all.join('\n')}\n`))
  return { server, project }
}

async function certificate(folder: string) {
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const out = ['-keyout', files.key, '-out', files.certificate, '-days', '2']
  await execa('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...out, ...subject])
  return files
}

async function withoutCertificate(front: FrontName, project: Project) {
  const tls = { certificate: join(project.cwd, 'cert.pem'), key: join(project.cwd, 'key.pem') }
  await writeFile(tls.certificate, '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n')
  await writeFile(tls.key, '-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n')
  const folders: string[] = []
  const failed = launchBehind({ front, tls }, gunicorn, {
    ...optionsFor(gunicorn, project, 'app:app'),
    onEvent: (event) => event.event === 'planned' && event.plan.folder && folders.push(event.plan.folder),
  })
  return { failed, folders }
}

function frontPid({ proof, front }: Server): number {
  return proof.sockets.find(({ port }) => port === front?.policy.bind.port)?.pid ?? 0
}

function treesOf(server: Server) {
  return [...treeOf(frontPid(server)), ...treeOf(server.pid)]
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text()
}

interface Seen {
  readonly client: string
  readonly scheme: string
  readonly host: string
  readonly claims: IncomingHttpHeaders
}

/** What the app sees of a client, which may have an address of its own. */
function seen(url: string, options: RequestOptions = {}): Promise<Seen> {
  const ask = url.startsWith('https:') ? getSecurely : get
  return new Promise((resolve, reject) => {
    ask(`${url}/seen`, { ...options, rejectUnauthorized: false, agent: false }, async (response) => {
      resolve(JSON.parse((await response.setEncoding('utf8').toArray()).join('')))
    }).on('error', reject)
  })
}

function upload(url: string, size: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': size }
    const sent = request(url, { method: 'POST', headers, agent: false }, async (response) => {
      resolve((await response.setEncoding('utf8').toArray()).join(''))
    }).on('error', reject)
    const piece = Buffer.alloc(1_000_000)
    let left = size / piece.length
    const more = () => {
      while (left-- > 0) if (!sent.write(piece)) return
      if (left < 0) sent.end()
    }
    sent.on('drain', more)
    more()
  })
}

function refused(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    socket.on('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
  })
}
