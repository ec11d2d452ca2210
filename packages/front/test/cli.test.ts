import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type FrontName, fronts } from '@devlaunch/front'
import { descendants, freePort, listening, marked, survivors } from '@devlaunch/testkit'
import { execa } from 'execa'
import { afterEach, describe, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { command, devlaunch, newestPython, start } from '../../cli/test/kit/cli.ts'
import { project } from '../../cli/test/kit/project.ts'
import { terminal } from '../../cli/test/kit/screen.ts'
import { until } from '../../cli/test/kit/until.ts'
import { findProgram } from '../src/place.ts'

const names = Object.keys(fronts) as FrontName[]
const root = process.getuid?.() === 0

/** In the environment of everything that is started here. */
const marker = { DEVLAUNCH_TEST_RUN: crypto.randomUUID() }
afterEach(async () => {
  const left = () => marked(marker.DEVLAUNCH_TEST_RUN)
  await expect.poll(left).toEqual([])
})

const app = {
  'app.py': [
    'import os',
    'def app(environ, start_response):',
    '    if environ["PATH_INFO"] == "/die":',
    '        os._exit(1)',
    '    start_response("200 OK", [("Content-Type", "text/plain")])',
    '    return [b"hello"]',
  ].join('\n'),
}
const gunicorn = ['gunicorn', 'app:app', '--python', newestPython()]

describe.each(names)('--front %s', (front) => {
  test('survives a terminal that changes its size', async () => {
    await using folder = await project(app)
    const words = [...gunicorn, '--front', front, '--port', `${await freePort()}`]
    await using screen = terminal(words, folder.path, marker)
    await screen.shows(/Press Ctrl-\]/)
    const [url = ''] =
      /http:\/\/127\.0\.0\.1:\d+\//.exec(screen.text().slice(screen.text().indexOf('▐'))) ?? []
    for (const columns of [100, 60]) {
      const from = screen.text().length
      await resize(screen.pid, columns)
      await screen.shows(/Handling signal: winch/, from) // it has arrived
      expect(await text(url)).toBe('hello')
    }
    screen.type('\x03')
    await screen.shows(/\[exit 130\]/)
  })

  test('logs to where devlaunch shows it, on a pipe', async () => {
    await using folder = await project(app)
    const run = await serve(front, folder.path)
    expect((await fetch(`${run.url}/die`)).status).toBe(502) // the worker ends with the request
    await expect.poll(() => run.output()).toMatch(logged[front])
    expect(await run.end('SIGTERM')).toBe(143)
  })

  test('ends with the server behind it, whose exit code is told', async () => {
    await using folder = await project(app)
    const run = await serve(front, folder.path)
    const lives = descendants(run.pid)
    process.kill(run.pidOf('gunicorn'), 'SIGKILL')
    expect(await run.exitCode).toBe(128 + 9)
    expect(run.stderr()).toMatch(/gunicorn ended by itself: signal 9/)
    expect(survivors(lives)).toEqual([])
    expect(existsSync(run.folder)).toBe(false)
  })

  test('takes the server along when it dies, with exit code 6', async () => {
    await using folder = await project(app)
    const run = await serve(front, folder.path)
    const lives = descendants(run.pid)
    process.kill(run.pidOf(front), 'SIGKILL')
    expect(await run.exitCode).toBe(6)
    expect(run.stderr()).toContain(`error FAILED: ${front} ended (signal 9), and gunicorn was behind it`)
    expect(survivors(lives)).toEqual([])
    expect(existsSync(run.folder)).toBe(false)
  })

  test('what launcher and guards leave when all are killed is gone at the next start', async () => {
    await using folder = await project(app)
    // with a list of guards of its own, or another test's would end it sooner
    const env = { ...marker, XDG_RUNTIME_DIR: folder.path }
    const run = await serve(front, folder.path, env)
    const lives = descendants(run.pid)
    const isGuard = ({ command }: { readonly command: string }) => command.includes('guard/__main__.py')
    process.kill(run.pid, 'SIGSTOP') // or it would end what is left by itself
    for (const { pid } of [...lives.filter(isGuard), run]) process.kill(pid, 'SIGKILL')
    await run.exitCode
    const next = start(['http'], { cwd: folder.path, env })
    await until(next, /Expose/)
    expect(survivors(lives)).toEqual([])
    expect(existsSync(run.folder)).toBe(false)
    next.kill('SIGINT')
    await next
  })

  test('prints a configuration that the program itself takes for one', async () => {
    await using folder = await project({ ...app, 'files/a.txt': 'a' })
    await chmod(dirname(folder.path), 0o755) // Apache serves nothing as root
    const tls = await certificate(folder.path)
    for (const more of [[], ['--tls', tls, '--front-static', '/static=files']]) {
      const words = ['front', front, ...gunicorn, ...more, '--port', `${await freePort()}`]
      const { stdout, code } = await devlaunch(words, { cwd: folder.path, env: marker })
      expect(code).toBe(0)
      const file = join(folder.path, 'site.conf')
      await writeFile(file, `${stdout}\n`)
      const program = await findProgram(fronts[front], process.env.PATH ?? '')
      const checked = await execa(program, checks[front](file, folder.path), { reject: false, all: true })
      expect([checked.exitCode, checked.all]).toEqual([0, expect.not.stringMatching(/warn/i)])
    }
  })

  test('--dry-run shows both commands and the configuration, and starts nothing', async () => {
    await using folder = await project(app)
    const words = [...gunicorn, '--front', front, '--port', `${await freePort()}`, '--dry-run']
    const { stdout, code } = await devlaunch(words, { cwd: folder.path, env: marker })
    expect(code).toBe(0)
    const behind = /--bind=(127\.0\.0\.1:\d+)/.exec(stdout)?.[1] ?? 'nowhere'
    const [, path = ''] = new RegExp(`^# (/\\S+/${fronts[front].file})$`, 'm').exec(stdout) ?? []
    expect(stdout.split(behind).length).toBeGreaterThan(2) // in both commands
    expect(stdout.split(path)).toHaveLength(3)
    expect(existsSync(path)).toBe(false)

    const told = JSON.parse((await devlaunch([...words, '--json'], { cwd: folder.path, env: marker })).stdout)
    expect(told).toMatchObject({ server: 'gunicorn', front: { server: front } })
    expect(Object.keys(told.front.files)[0]).toMatch(new RegExp(`/${fronts[front].file}$`))
  })

  test('--json tells once that both are ready, with the sockets of both, and once that they have ended', async () => {
    await using folder = await project(app)
    const port = await freePort()
    const words = ['--json', ...gunicorn, '--front', front, '--port', `${port}`]
    const running = start(words, { cwd: folder.path, env: marker })
    const events: Told[] = []
    let line = ''
    running.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      line += chunk
      const lines = line.split('\n')
      line = lines.pop() ?? ''
      const told: Told[] = lines.map((each) => JSON.parse(each))
      events.push(...told)
      if (told.some(({ event }) => event === 'ready')) running.kill('SIGINT')
    })
    expect((await running).exitCode).toBe(130)
    expect(events.filter(({ event }) => event === 'planned').map(({ plan }) => plan?.server)).toEqual([
      'gunicorn',
      front,
    ])
    const ready = events.filter(({ event }) => event === 'ready')
    expect(ready).toMatchObject([
      {
        url: `http://127.0.0.1:${port}`,
        proof: { sockets: [{ address: '127.0.0.1', port }, { address: '127.0.0.1' }] },
      },
    ])
    expect(ready[0]?.proof?.sockets).toHaveLength(2)
    expect(events.filter(({ event }) => event === 'exit')).toHaveLength(1)
  })

  test.runIf(process.platform === 'linux')('a port without the right to it: exit code 5', async () => {
    const words = [...command, 'http', '--port', '80', '--cwd', '/', '--python', '/usr/bin/python3']
    const [file = '', ...args] = root ? [...itsOwnNetwork, ...nobody, ...words] : words
    const how = { reject: false, cwd: '/', timeout: 30_000, env: marker } as const
    const { stderr, exitCode } = await execa(file, [...args, '--front', front], how)
    expect(stderr).toMatch(/error PORT_DENIED: you may not listen on 127\.0\.0\.1:80/)
    expect(exitCode).toBe(5)
  })

  test('a certificate that is none: exit code 6', async () => {
    await using folder = await project({
      ...app,
      'cert.pem': '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n',
      'key.pem': '-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n',
    })
    const words = [
      ...gunicorn,
      '--front',
      front,
      '--tls',
      'cert.pem,key.pem',
      '--port',
      `${await freePort()}`,
    ]
    const { stderr, code } = await devlaunch(words, { cwd: folder.path, env: marker })
    expect(stderr).toMatch(new RegExp(`error FAILED: ${front} could not start: `))
    expect(stderr).toContain('correct the files of --tls')
    expect(code).toBe(6)
  })
})

test.each<[readonly string[], string]>([
  [['--front', 'nginx', '--front', 'caddy'], '"nginx" and "caddy" can\'t both stand in front'],
  [['--front', 'haproxy'], '"haproxy" can\'t stand in front of a server'],
  [['--tls', 'cert.pem,key.pem'], '--tls needs --front'],
  [['--front-static', '/static=.'], '--front-static needs --front'],
  [['--front', 'nginx', '--tls', 'cert.pem'], '--tls "cert.pem" doesn\'t name two files'],
  [['--front', 'nginx', '--tls', 'no.pem,no.key'], "no.pem can't be read"],
  [['--front', 'nginx', '--front-static', '/static'], 'names no path and folder'],
])('%j is refused with exit code 2', async (words, why) => {
  await using folder = await project(app)
  const { stderr, code } = await devlaunch([...gunicorn, ...words], { cwd: folder.path, env: marker })
  expect(stderr).toContain('error USAGE: ')
  expect(stderr.replace(/\s+/g, ' ')).toContain(why)
  expect(code).toBe(2)
})

test.runIf(root)('a front that is not installed: exit code 4, and what to install', async () => {
  await using folder = await project(app)
  const hidden = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /usr/sbin && exec "$@"', 'sh']
  const [file = '', ...args] = [...hidden, ...command, ...gunicorn, '--front', 'nginx']
  const env = { ...marker, PATH: '/usr/bin:/bin' }
  const { stderr, exitCode } = await execa(file, args, { reject: false, cwd: folder.path, env })
  expect(stderr).toContain('error SERVER_NOT_FOUND: nginx is not installed')
  expect(stderr).toContain('apt install nginx')
  expect(exitCode).toBe(4)
})

test('a port that somebody has, with --strict-port: exit code 5, and who it is', async () => {
  await using folder = await project(app)
  await using other = await project(app)
  const run = await serve('nginx', other.path)
  const words = [...gunicorn, '--front', 'nginx', '--port', new URL(run.url).port, '--strict-port']
  const { stderr, code } = await devlaunch(words, { cwd: folder.path, env: marker })
  expect(stderr).toMatch(/error PORT_TAKEN: .*nginx/)
  expect(code).toBe(5)
  expect(await text(run.url)).toBe('hello')
  await run.end('SIGTERM')
})

interface Told {
  readonly event: string
  readonly plan?: { readonly server: string }
  readonly proof?: { readonly sockets: readonly object[] }
}

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
/** Containers let everybody have port 80; a network of its own starts with the kernel's rule. */
const itsOwnNetwork = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']

/** What each says of an upstream that ends in the middle. */
const logged: Readonly<Record<FrontName, RegExp>> = {
  nginx: /\[error\] .*upstream prematurely closed connection/,
  caddy: /"level":"error".*"status":502/,
  httpd: /\[proxy_http:error\].*127\.0\.0\.1/,
}

/** How each tests a configuration. */
const checks: Readonly<Record<FrontName, (file: string, folder: string) => readonly string[]>> = {
  nginx: (file, folder) => ['-t', '-p', folder, '-c', file, '-e', 'stderr'],
  caddy: (file) => ['validate', '--config', file, '--adapter', 'caddyfile'],
  httpd: (file, folder) => ['-t', '-d', folder, '-f', file],
}

/** On pipes, until it is ready. */
async function serve(front: FrontName, cwd: string, env = marker) {
  const port = await freePort()
  const running = start([...gunicorn, '--front', front, '--port', `${port}`], { cwd, env })
  const url = `http://127.0.0.1:${port}`
  onTestFinished(async () => {
    running.kill('SIGTERM')
    await running
  })
  let stderr = ''
  onTestFailed(() => void process.stderr.write(stderr))
  let stdout = '' // where Apache's piped logger writes
  running.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  const ready = Promise.withResolvers<void>()
  running.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    if (/▐ Expose/.test(stderr)) ready.resolve()
  })
  void running.then(() => ready.reject(new Error(stderr)))
  await ready.promise
  const pid = running.pid ?? 0
  const lives = descendants(pid)
  const isFront = (life: { readonly pid: number }) => listening([life]).includes(`127.0.0.1:${port}`)
  const pidOf = (which: string) => {
    const all = lives.filter((life) => isFront(life) === (which === front) && listening([life]).length > 0)
    return Math.min(...all.map((life) => life.pid))
  }
  const folder = /\/\S*\/devlaunch-\w+-[\w-]{36}/.exec(commandOf(pidOf(front)))?.[0] ?? ''
  expect(existsSync(folder)).toBe(true)
  return {
    url,
    pid,
    folder,
    stderr: () => stderr,
    output: () => stdout + stderr,
    exitCode: running.then(({ exitCode }) => exitCode),
    /** The first process of it. */
    pidOf,
    end: async (signal: NodeJS.Signals) => {
      running.kill(signal)
      return (await running).exitCode
    },
  }
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
}

/** As a window that is dragged: the kernel tells the terminal's foreground processes. */
async function resize(pid: number, columns: number): Promise<void> {
  const ours = descendants(pid).find((life) => life.command.includes('bin.ts'))
  const tty = readlinkSync(`/proc/${ours?.pid}/fd/0`)
  await execa('stty', ['-F', tty, 'cols', `${columns}`])
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text()
}

async function certificate(folder: string): Promise<string> {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const out = ['-keyout', key, '-out', cert, '-days', '2']
  await execa('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...out, ...subject])
  return `${cert},${key}`
}
