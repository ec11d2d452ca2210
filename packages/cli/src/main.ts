import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DevlaunchError, here, listPythons, quote } from '@devlaunch/core'
import { type FrontOptions, prepareBehind } from '@devlaunch/front'
import { type Arguments, parse } from './args.ts'
import { choose, named } from './choose.ts'
import { commands } from './commands.ts'
import { dryRun } from './dry-run.ts'
import { exitCodeOf } from './exit-code.ts'
import { frontFor } from './front.ts'
import { help, helpFor } from './help.ts'
import { json } from './json.ts'
import { Printer } from './print.ts'
import { JsonReport } from './report.ts'
import { serve } from './serve.ts'
import { wishes } from './wishes.ts'

const SIGPIPE = 13

/** Runs one command line and returns its exit code. A mistake of the user's is one message, without a stack. */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', unwritable)
  process.stderr.on('error', () => {})
  try {
    return await run(parse(argv))
  } catch (error) {
    if (!(error instanceof DevlaunchError)) throw error
    if (argv.includes('--json')) new JsonReport().error(error)
    else process.stderr.write(new Printer(process.stderr).error(error, { withOutput: true }))
    return exitCodeOf(error)
  }
}

/** The guard ends what was started. */
function unwritable({ code, message }: NodeJS.ErrnoException): never {
  if (code === 'EPIPE') process.exit(128 + SIGPIPE) // `devlaunch | head` has read enough
  const hint = 'make room there, or let stdout go somewhere else'
  const error = new DevlaunchError('FAILED', `stdout can't be written to: ${message}`, { hint })
  process.stderr.write(new Printer(process.stderr).error(error, { withOutput: true }))
  process.exit(exitCodeOf(error))
}

async function run(args: Arguments): Promise<number> {
  const [word, second] = args.words
  if (args.version) return print(`${await version()}\n`)
  if (args.help || word === 'help') return print(await helpText(word === 'help' ? second : word, args))
  here() // it may be gone, and every relative path is resolved from it
  if (word === 'which') return which(second, args)
  if (word === 'front') return configuration(args)
  if (word === 'init') return (await import('./init.ts')).init(args)
  if (word === 'test') return (await import('./test.ts')).test(args)
  if (word !== undefined && Object.hasOwn(others, word)) return others[word as keyof typeof others](args)
  const choice = await choose(args.words, args.cwd)
  if (args.dryRun) {
    return print(await dryRun(choice.adapter, wishes(choice, args), frontFor(choice, args), args.json))
  }
  return serve(choice, args)
}

/** About servers that run already; loaded for them alone. */
const others = {
  ps: async ({ words: [, word], json }: Arguments) => {
    if (word === undefined) return print(await (await import('./ps.ts')).ps(json))
    throw new DevlaunchError('USAGE', `unexpected ${quote(word)}`, { hint: 'devlaunch url NAME finds one' })
  },
  stop: async (args: Arguments) => print(await (await import('./stop.ts')).stop(args.words.slice(1), args)),
  url: async ({ words: [, ...words], cwd, port, timeout, json: asJson }: Arguments) => {
    const { pick } = await import('./pick.ts')
    const name = words.length > 0 ? words.join(' ') : undefined
    const found = await pick({ name, cwd, port }, timeout)
    return print(asJson ? `${json(found, 2)}\n` : `${found.urls.local}\n`)
  },
}

async function helpText(name: string | undefined, { cwd }: Arguments): Promise<string> {
  return name === undefined || commands.includes(name) ? help() : helpFor((await named(name, cwd)).adapter)
}

/** `devlaunch front nginx gunicorn shop:app`: what may go to production, and nothing else. */
async function configuration(args: Arguments): Promise<number> {
  const choice = await choose(args.words.slice(2), args.cwd)
  const front = frontFor(choice, args) as FrontOptions // the word behind `front` names it
  const { front: plan } = await prepareBehind(front, choice.adapter, wishes(choice, args))
  return print(Object.values(plan.files).join('\n'))
}

/** Of the server that is named, or that the project shows, or just of Python. */
async function which(name: string | undefined, args: Arguments): Promise<number> {
  const choice =
    name === undefined ? await choose([], args.cwd).catch(() => undefined) : await named(name, args.cwd)
  const { adapter, options = {} } = choice ?? {}
  const cwd = resolve(options.cwd ?? args.cwd ?? '.')
  const python = args.python ?? options.python
  const all = await listPythons(adapter, { cwd, env: process.env, python })
  const chosen = all.find((each) => !('rejected' in each))
  print(
    args.json
      ? `${json({ server: adapter?.name, chosen, candidates: all }, 2)}\n`
      : new Printer(process.stdout).pythons(all),
  )
  if (chosen) return 0
  const wanted = adapter?.package?.distribution ?? 'Python 3.9 or newer'
  throw new DevlaunchError(
    adapter?.package ? 'SERVER_NOT_FOUND' : 'PYTHON_NOT_FOUND',
    `${wanted} was not found`,
    {
      hint: 'see the reasons above; name another Python with --python',
    },
  )
}

async function version(): Promise<string> {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return JSON.parse(manifest).version
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}
