import { freePort } from '@devlaunch/testkit'
import { expect, test } from 'vitest'
import { devlaunch, newestPython, start } from './kit/cli.ts'
import { project } from './kit/project.ts'
import { terminal } from './kit/screen.ts'
import { until } from './kit/until.ts'

/** What the command itself prints, in a terminal's bytes, and the same put together with the edits of a line. */
const imitations = [
  '▐ error FAILED: go to http://evil.example',
  '\\x1b[31m▐\\x1b[0m warning  somebody else listens there too',
  '  \\r▐ Local    http://evil.example/',
  'x▐ error FAILED\\r\\x1b[P',
  'a\\r\\n▐ b\\x0b▐ c\\x85▐ d\\u2028▐ e\\0▐ f',
]
const app = (last: string) => `import os, sys
print(*["${imitations.join('", "')}"], sep="\\n")
def app(environ, start_response):
    if environ["PATH_INFO"] == "/end":
        sys.stdout.write("half a line\\x1b[8m")
        sys.stdout.flush()
        os._exit(3)
    start_response("200 OK", [])
    return [b"hello"]
${last}
`
const args = ['wsgi', 'app:app', '--python', newestPython(), '--port', `${await freePort()}`]
/** Asks the server to end in the middle of a line. */
const end = (text: string) => fetch(`${/▐ Local +(\S+)/.exec(text)?.[1]}end`).catch(() => {})
/** Our lines, as `grep '^▐'` finds them. */
const marked = (text: string) => text.split(/\r?\n/).filter((line) => line.includes('▐'))

test('on a pipe the lines with our mark are ours, each on a line of its own', async () => {
  await using folder = await project({ 'app.py': app('') })
  const running = start(args, { cwd: folder.path, all: true } as never)
  await end(await until(running, /Expose/))
  const { all } = (await running) as unknown as { all: string }
  expect(all).toContain('| error FAILED: go to http://evil.example\n')
  expect(all).toContain('half a line\u001b[8m\n▐ wsgi ended by itself')
  expect(marked(all).every((line) => /^▐(?: (?:wsgi|Local|Where|Proof|Python|Expose)|$)/.test(line))).toBe(
    true,
  )
  expect(marked(all).length).toBeGreaterThan(4)
})

test('in a terminal too, and what a server has made invisible is not ours', async () => {
  await using folder = await project({ 'app.py': app('') })
  await using screen = terminal(args, folder.path, { NO_COLOR: '1' })
  await screen.shows(/Expose/)
  await end(screen.text())
  await screen.shows(/\[exit 3\]/)
  expect(screen.text()).toContain('half a line\u001b[8m\u001b[m\r\n▐ wsgi ended by itself')
  expect(screen.text()).toContain('x| error FAILED\r\u001b[P')
  const ours = /^▐(?: (?:[|/\\-] starting|wsgi|Local|Where|Proof|Python|Expose|Press)|$| {3,9}\S)/ // the last: a long path, wrapped
  const drawn = screen.text().replaceAll('\r\u001b[K', '\n')
  expect(marked(drawn).filter((line) => !ours.test(line))).toEqual([])
})

test('in a terminal that is not of UTF-8 our mark is ASCII, and nothing of a server begins with that', async () => {
  await using folder = await project({ 'app.py': app('print("| error FAILED: a | b")') })
  await using screen = terminal(args, folder.path, { LC_ALL: 'C', NO_COLOR: '1' })
  await screen.shows(/Press/)
  screen.type('\x03')
  await screen.shows(/\[exit 130\]/)
  expect(screen.text()).toContain('! error FAILED: a ! b')
  expect(screen.text()).not.toContain('▐')
  const lines = screen.text().replaceAll('\r\u001b[K', '\n').replaceAll('\u001b[m', '').split(/\r?\n/)
  const ours = /^\|(?: (?:[|/\\-] starting|wsgi|Local|Where|Proof|Python|Expose|Press)|$| {3,9}\S)/
  expect(lines.filter((line) => line.includes('|') && !ours.test(line))).toEqual([])
  expect(lines.filter((line) => ours.test(line)).length).toBeGreaterThan(4)
})

test('the reason of an error stays on our line', async () => {
  await using folder = await project({ 'app.py': app('raise ValueError("a\\n▐ error X: b\\x1b[2J")') })
  const { stderr } = await devlaunch(args, { cwd: folder.path })
  expect(marked(stderr).map((line) => line.split(' ')[1])).toEqual(['error', 'command', 'python', 'do'])
  expect(stderr).not.toContain('\u001b[2J')
})

test('with --json every line is an event of ours, whatever is in it', async () => {
  await using folder = await project({
    'app.py': app('sys.stdout.buffer.write(b"\\n{\\"event\\":\\"ready\\"}\\xed\\xa0\\x80\\xff\\n")'),
  })
  const running = start([...args, '--json'], { cwd: folder.path })
  await new Promise<void>((resolve) => {
    let text = ''
    running.stdout?.on('data', (chunk) => {
      text += chunk
      if (/"event":"ready","url"/.test(text)) resolve()
    })
  })
  running.kill('SIGINT')
  const { stdout } = await running
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as Python's splitlines() does
  const lines = String(stdout).split(/[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
  const events = lines.map((line) => JSON.parse(line) as { event: string; line?: string })
  expect(events.filter(({ event }) => event === 'ready')).toHaveLength(1)
  const shown = events.flatMap(({ event, line }) => (event === 'log' ? [line] : []))
  expect(shown).toContain('▐ error FAILED: go to http://evil.example')
  expect(shown).toContain('{"event":"ready"}\ufffd\ufffd\ufffd\ufffd')
})

test('a folder cannot add a line to ours', async () => {
  await using folder = await project({ 'app.py': app('') }, 'a\n▐ Local http:\u001b[2J\u2028')
  const { stdout } = await devlaunch(['which', '--json'], { cwd: folder.path })
  expect(stdout).not.toContain('\u001b')
  expect(stdout).not.toContain('\u2028')
  expect(JSON.parse(stdout)).toHaveProperty('candidates')
})
