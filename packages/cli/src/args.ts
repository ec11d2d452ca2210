import { parseArgs } from 'node:util'
import { DevlaunchError, quote, type Risk, risks, show } from '@devlaunch/core'

/** The one table: parsing and `--help` both read it. */
export const options = {
  port: { type: 'string', value: 'N', help: "first choice of port; default: the server's own" },
  'strict-port': { type: 'boolean', help: 'that port or none' },
  host: { type: 'string', value: 'ADDR', help: 'address to listen on; default 127.0.0.1' },
  allow: { type: 'string', multiple: true, value: 'RISK', help: 'accept a risk by name (repeatable)' },
  reload: { type: 'boolean', help: "restart when a source changes (--no-reload: don't)" },
  debug: { type: 'boolean', help: "the server's debugger; beyond loopback also --allow debugger" },
  seal: { type: 'boolean', help: 'the kernel refuses unplanned TCP listeners (Linux 6.7)' },
  python: { type: 'string', value: 'PATH', help: 'interpreter or virtual environment' },
  cwd: { type: 'string', value: 'DIR', help: 'run there' },
  'env-file': {
    type: 'string',
    short: 'e',
    value: 'F',
    help: 'variables for the server; -e also takes <(command)',
  },
  'ready-path': { type: 'string', value: 'P', help: 'ready means: no error on this path' },
  timeout: { type: 'string', value: 'S', help: 'seconds until it must be ready; default 60' },
  open: { type: 'boolean', help: 'open the browser when ready' },
  json: { type: 'boolean', help: 'one JSON event per line on stdout' },
  'dry-run': { type: 'boolean', help: 'print what would run, and why each flag is there' },
  quiet: { type: 'boolean', short: 'q', help: "only the server's output, and errors" },
  version: { type: 'boolean', short: 'v', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this; also per server: devlaunch flask --help' },
} as const

export interface Arguments {
  readonly words: readonly string[]
  /** Behind `--`: for the server itself. */
  readonly rest: readonly string[]
  readonly port: number | undefined
  readonly strictPort: boolean
  readonly host: string | undefined
  readonly allow: readonly Risk[]
  /** `undefined`: as the adapter's developers expect it. */
  readonly reload: boolean | undefined
  readonly debug: boolean
  readonly seal: boolean
  readonly python: string | undefined
  readonly cwd: string | undefined
  readonly envFile: string | undefined
  readonly readyPath: string | undefined
  /** Milliseconds. */
  readonly timeout: number | undefined
  readonly open: boolean
  readonly json: boolean
  readonly dryRun: boolean
  readonly quiet: boolean
  readonly version: boolean
  readonly help: boolean
}

/** @throws DevlaunchError `USAGE` */
export function parse(argv: readonly string[]): Arguments {
  const end = argv.indexOf('--')
  const args = end < 0 ? argv : argv.slice(0, end)
  const { values, positionals } = read(args)
  return {
    words: positionals,
    rest: end < 0 ? [] : argv.slice(end + 1),
    port: values.port === undefined ? undefined : port(values.port),
    strictPort: values['strict-port'] ?? false,
    host: values.host,
    allow: (values.allow ?? []).flatMap((words) => words.split(',')).map(risk),
    reload: values.reload,
    debug: values.debug ?? false,
    seal: values.seal ?? false,
    python: values.python,
    cwd: values.cwd,
    envFile: values['env-file'],
    readyPath: values['ready-path'] === undefined ? undefined : path(values['ready-path']),
    timeout: values.timeout === undefined ? undefined : milliseconds(values.timeout),
    open: values.open ?? false,
    json: values.json ?? false,
    dryRun: values['dry-run'] ?? false,
    quiet: values.quiet ?? false,
    version: values.version ?? false,
    help: values.help ?? false,
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true })
  } catch (cause) {
    // Node's sentence, without its advice on how to write a positional argument that starts with a dash
    const [sentence = ''] = (cause as Error).message.split(/\. |\n/)
    throw new DevlaunchError('USAGE', show(sentence.charAt(0).toLowerCase() + sentence.slice(1)), {
      cause,
      hint: "devlaunch --help lists the options; the server's own go behind --",
    })
  }
}

function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= 65_535) return number
  throw new DevlaunchError('USAGE', `--port ${quote(text)} is not a port`, {
    hint: 'a port is a whole number from 1 to 65535',
  })
}

function milliseconds(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000
  throw new DevlaunchError('USAGE', `--timeout ${quote(text)} is not a time`, {
    hint: 'give seconds, for example --timeout 30',
  })
}

function path(text: string): string {
  if (text.startsWith('/') && !text.startsWith('//')) return text
  throw new DevlaunchError('USAGE', `--ready-path ${quote(text)} is not a path`, {
    hint: 'start it with one slash, for example --ready-path /health',
  })
}

function risk(word: string): Risk {
  if (Object.hasOwn(risks, word)) return word as Risk
  throw new DevlaunchError('USAGE', `--allow ${quote(word)} is not a risk`, {
    hint: `one of: ${Object.keys(risks).join(', ')}`,
  })
}
