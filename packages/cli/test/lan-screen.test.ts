import { stripVTControlCharacters } from 'node:util'
import { makeNetworks, type Networks } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'
import { newestPython } from './kit/cli.ts'
import { debug, flask, flaskScreen, urlOn } from './kit/flask.ts'
import { project } from './kit/project.ts'
import { scan } from './kit/scan.ts'
import { type Screen, terminal } from './kit/screen.ts'

const leader = '\x1d'
const page = { 'index.html': 'hello' }
const network = 'http://192.168.1.23:8000/'
/** Python's own server would ask DNS for the name of its address, and there is none in these namespaces. */
const app = {
  'app.py': [
    'async def app(scope, receive, send):',
    '    if scope["type"] == "http":',
    '        await send({"type": "http.response.start", "status": 200, "headers": []})',
    '        await send({"type": "http.response.body", "body": b"hello"})',
  ].join('\n'),
}
const uvicorn = ['uvicorn', 'app:app', '--no-reload', '--port', '8000', '--python', newestPython()]

/** What is shown from there on, without the edits of lines. */
const shownFrom = (screen: Screen, from: RegExp) =>
  screen.text().slice(screen.text().search(from)).replaceAll('\r\n', '\n')

async function end(screen: Screen): Promise<void> {
  screen.type('\x03')
  await screen.shows(/\[exit 130\]/)
}

describe('the keys', () => {
  test('are told at the start, and by Ctrl-] h', async () => {
    await using folder = await project(page)
    await using screen = terminal(['http'], folder.path, { NO_COLOR: '1' })
    await screen.shows(/Press Ctrl-\] and then h/)
    expect(screen.text()).toMatch(/▐ Expose +--lan or Ctrl-\] l opens it/)
    screen.type(leader)
    screen.type('h')
    await screen.shows(/▐ Ctrl-\] q +end the server/)
    screen.type(`${leader}x`)
    await screen.shows(/▐ No such key here/)
    screen.type(`${leader}u`)
    await screen.shows(new RegExp(`Local +${urlOn(screen)}/[\\s\\S]*Local +${urlOn(screen)}/`))
    screen.type(`${leader}c`)
    await screen.shows(/▐ Only this machine can open it, so there is no QR code/)
    await end(screen)
  })

  test('leave a debugger alone, and can be used at its prompt', async () => {
    await using folder = await project(flask)
    await using screen = flaskScreen(folder.path)
    await screen.shows(/Expose/)
    expect(await debug(screen)).toBe('42')
    const answer = fetch(`${urlOn(screen)}/stop`).then((response) => response.text())
    await screen.shows(/\(Pdb\) $/)
    for (const letter of ['l', 'h', 'w', 'a']) {
      const from = screen.text().length
      screen.type(`${letter}\r`)
      await screen.shows(/\(Pdb\) $/, from)
    }
    expect(screen.text()).not.toMatch(/▐ Ctrl-\]/)
    screen.type(`answer = 4${leader}h`)
    await screen.shows(/▐ Ctrl-\] Ctrl-\]/)
    screen.type('3\rc\r')
    expect(await answer).toBe('43')
    await end(screen)
  })

  test('start it again: another process, the same address, and its debugger works', async () => {
    await using folder = await project(flask)
    await using screen = flaskScreen(folder.path)
    await screen.shows(/Press Ctrl-\]/)
    const url = urlOn(screen)
    const pid = async () => (await fetch(url)).text()
    const before = await pid()
    screen.type(`${leader}r${leader}r`)
    await screen.shows(/▐ Wait a moment: it is still starting again/)
    await screen.shows(/▐ It runs again: \S+ \(pid \d+\)/)
    expect(/It runs again: (\S+)/.exec(screen.text())?.[1]).toBe(`${url}/`)
    expect(await pid()).not.toBe(before)
    expect(await debug(screen)).toBe('42')
    await end(screen)
  })

  test('end it, which is no failure', async () => {
    await using folder = await project(page)
    await using screen = terminal(['http'], folder.path)
    await screen.shows(/Press Ctrl-\]/)
    screen.type(`${leader}q`)
    await screen.shows(/\[exit 0\]/)
    expect(screen.text()).not.toContain('ended by itself')
  })

  test('do nothing before it is ready', async () => {
    await using folder = await project({ 'app.py': 'import time\nprint("IMPORTING")\ntime.sleep(60)\n' })
    await using screen = flaskScreen(folder.path)
    await screen.shows(/IMPORTING/)
    screen.type(`${leader}l`)
    await screen.shows(/▐ It is not ready yet/)
    await end(screen)
  })
})

describe('on a network', () => {
  const inside = ({ machine }: Networks, columns = 80) => ({ inside: machine.prefix, columns })

  test('Ctrl-] l lets the phone in, and out again', async () => {
    await using nets = await makeNetworks({ only: ['lan', 'docker'] })
    await using folder = await project(app)
    await using screen = terminal(uvicorn, folder.path, {}, inside(nets))
    await screen.shows(/Press Ctrl-\]/)
    const phone = nets.phone('lan')
    expect(await phone.get(network)).toMatchObject({ error: 'ECONNREFUSED' })

    screen.type(`${leader}l`)
    await screen.shows(/can open it now\.[\s\S]*docker0[\s\S]*\n\r?\n/)
    expect(await phone.get(network, { timeout: 10 })).toMatchObject({ status: 200, body: 'hello' })
    expect(await scan(shownFrom(screen, /▐ .{0,10}The devices of one network/), 'dark')).toEqual([network])

    const from = screen.text().length
    screen.type(`${leader}c`)
    await screen.shows(/(?:▐ .*\r\n){17}/, from)
    expect(await scan(screen.text().slice(from), 'light')).toEqual([network])

    screen.type(`${leader}l`)
    await screen.shows(/Only this machine can open it now/)
    expect(await phone.get(network)).toMatchObject({ error: 'ECONNREFUSED' })
    await expect
      .poll(() => nets.machine.get('http://127.0.0.1:8000/'), { timeout: 20_000 })
      .toMatchObject({ body: 'hello' })
    await end(screen)
  })

  test('without a private address Ctrl-] l says why, and the server goes on', async () => {
    await using nets = await makeNetworks({ only: ['public'] })
    await using folder = await project(app)
    await using screen = terminal(uvicorn, folder.path, {}, inside(nets))
    await screen.shows(/Press Ctrl-\]/)
    screen.type(`${leader}l`)
    await screen.shows(/REFUSED: --lan: .*no private address/)
    const answer = await nets.machine.get('http://127.0.0.1:8000/', { timeout: 10 })
    expect(answer).toMatchObject({ body: 'hello' })
    screen.type(`${leader}u`) // and keys are taken again
    await screen.shows(/no private address[\s\S]*Local +\S*http:\/\/127\.0\.0\.1:8000\//)
    await end(screen)
  })

  test('it says when its time is over', async () => {
    await using nets = await makeNetworks({ only: ['lan'] })
    await using folder = await project(app)
    const args = [...uvicorn, '--lan', '--lan-for', '10s', '--no-qr']
    await using screen = terminal(args, folder.path, {}, inside(nets))
    await screen.shows(/anyone on 192\.168\.1\.0\/24, until \d\d:\d\d:\d\d \(\d+ seconds?\)/)
    await screen.shows(/The time is over: only this machine can open it now/)
    expect(screen.text()).not.toMatch(/[▀▄█]/)
    await end(screen)
  })

  const looks: Readonly<Record<string, readonly [columns: number, env: Record<string, string>]>> = {
    '80 columns': [80, {}],
    '40 columns': [40, {}],
    'no colours': [80, { NO_COLOR: '1' }],
    'no colours, 40 columns': [40, { NO_COLOR: '1' }],
    'no Unicode': [80, { LC_ALL: 'C' }],
  }

  test.each(Object.entries(looks))('the screen of --lan: %s', async (_, [columns, env]) => {
    await using nets = await makeNetworks({ only: ['lan', 'docker', 'vpn'] })
    await using folder = await project(app)
    const args = [...uvicorn, '--lan', '--lan-for', '30m']
    await using screen = terminal(args, folder.path, env, inside(nets, columns))
    await screen.shows(/Press Ctrl-\][\s\S]*\n\r?\n/)
    // up to the empty line: what the server logs of our own questions may come behind it
    const [shown = ''] = shownFrom(screen, /[▐|] \S*uvicorn (?!\d+\.\d+ s)/).split('\n\n')
    expect(await scan(shown, 'dark')).toEqual([network])
    const ascii = env.LC_ALL === 'C'
    const lines = stripVTControlCharacters(shown).trim().split('\n')
    const mark = ascii ? '|' : '▐'
    const wide = (line: string) => line.length > columns && !line.includes(newestPython())
    expect(lines.filter((line) => line[0] !== mark || wide(line))).toEqual([])
    if (ascii) expect(lines.join('')).toMatch(/^[ -~]*$/)
    const said = lines.map((line) => line.slice(1).trim()).join(' ')
    expect(said).toContain('Local    http://127.0.0.1:8000/ Network  http://192.168.1.23:8000/')
    expect(said).toMatch(/For {6}anyone on 192\.168\.1\.0\/24, until \d\d:\d\d \(30 minutes\)/)
    expect(said).toMatch(/Not on +docker0 172\.17\.0\.1: /)
    expect(said).toMatch(/Not on +tailscale0 100\.64\.0\.7: /)
    expect(said).toContain('127.0.0.1:8000 is this devlaunch, for local tools')
    await end(screen)
  })
})
