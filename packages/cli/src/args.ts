import { parseArgs } from 'node:util'
import { DevlaunchError, type Risk, show } from '@devlaunch/core'
import type { FrontOptions } from '@devlaunch/front'
import { frontOf } from './front.ts'
import {
  alone,
  duration,
  type Logs,
  logs,
  never,
  type Parent,
  parent,
  path,
  place,
  port,
  risk,
  timeout,
} from './values.ts'

/** The one table: parsing and `--help` both read it. */
export const options = {
  port: { type: 'string', value: 'N', help: "first choice of port; default: the server's own" },
  'strict-port': { type: 'boolean', help: 'that port or none' },
  host: { type: 'string', value: 'ADDR', help: 'address to listen on; default 127.0.0.1' },
  lan: {
    type: 'string',
    optional: true,
    value: 'WHERE',
    help: 'open it to the devices of one network; WHERE: its interface or address',
  },
  'lan-for': { type: 'string', value: 'TIME', help: 'leave that network again, after 90s, 30m or 8h' },
  follow: { type: 'boolean', help: 'when the address of --lan has gone, go on at the next one' },
  qr: { type: 'boolean', help: "QR code of the network's URL; --no-qr: none, also in a terminal" },
  allow: { type: 'string', multiple: true, value: 'RISK', help: 'accept a risk by name (repeatable)' },
  reload: { type: 'boolean', help: "restart when a source changes (--no-reload: don't)" },
  debug: { type: 'boolean', help: "the server's debugger; beyond loopback also --allow debugger" },
  front: { type: 'string', multiple: true, value: 'NAME', help: 'put nginx, caddy or httpd in front of it' },
  'front-static': {
    type: 'string',
    multiple: true,
    value: '/P=DIR',
    help: 'files below /P come from DIR, by the front (repeatable)',
  },
  tls: { type: 'string', value: 'CERT,KEY', help: 'two PEM files: the front speaks https' },
  seal: { type: 'boolean', help: 'the kernel refuses unplanned TCP listeners (Linux 6.7)' },
  python: { type: 'string', value: 'PATH', help: 'interpreter or virtual environment' },
  cwd: { type: 'string', value: 'DIR', help: 'run there; a named server is looked for there' },
  'env-file': {
    type: 'string',
    short: 'e',
    value: 'F',
    help: 'variables for the server; -e also takes <(command)',
  },
  'ready-path': { type: 'string', value: 'P', help: 'ready means: no error on this path' },
  timeout: { type: 'string', value: 'S', help: 'seconds until it must be ready; default 60' },
  replace: { type: 'boolean', help: 'end what runs here under the same name, and take its port' },
  all: { type: 'boolean', help: 'with stop: every server of yours on this machine' },
  open: { type: 'boolean', help: 'open the browser when ready' },
  and: { type: 'boolean', help: 'devlaunch test: one more server, with options of its own' },
  logs: {
    type: 'string',
    value: 'WHEN',
    help: "devlaunch test: show the servers' output always, never, or on failure",
  },
  'with-parent': {
    type: 'string',
    optional: true,
    negative: true,
    value: 'PID',
    help: "end when that process does; what npm and the like have started ends with them (--no-with-parent: it doesn't)",
  },
  json: { type: 'boolean', help: 'one JSON event per line on stdout' },
  'dry-run': { type: 'boolean', help: 'print what would run, and why each flag is there' },
  yes: { type: 'boolean', short: 'y', help: 'init: write without asking' },
  quiet: { type: 'boolean', short: 'q', help: "only the server's output, and errors" },
  version: { type: 'boolean', short: 'v', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this; also per server: devlaunch flask --help' },
} as const

export interface Arguments {
  readonly words: readonly string[]
  /** Behind `--`: for the server itself. */
  readonly rest: readonly string[]
  readonly port: number | undefined
  readonly strictPort: boolean | undefined
  readonly host: string | undefined
  /** `true`: on the network that this machine reaches the internet by. */
  readonly lan: true | string | undefined
  /** Milliseconds. */
  readonly lanFor: number | undefined
  readonly follow: boolean | undefined
  /** `undefined`: in a terminal. */
  readonly qr: boolean | undefined
  readonly allow: readonly Risk[]
  /** `undefined`: as the adapter's developers expect it. */
  readonly reload: boolean | undefined
  readonly debug: boolean | undefined
  /** What stands in front of the server; a definition may name it. */
  readonly front: Partial<FrontOptions> | undefined
  readonly seal: boolean | undefined
  readonly python: string | undefined
  readonly cwd: string | undefined
  readonly envFile: string | undefined
  readonly readyPath: string | undefined
  /** Milliseconds. */
  readonly timeout: number | undefined
  readonly replace: boolean
  /** Of `stop`. */
  readonly all: boolean
  readonly open: boolean
  /** The other servers of `devlaunch test`. */
  readonly and: readonly Arguments[]
  readonly logs: Logs | undefined
  readonly withParent: Parent
  readonly json: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly quiet: boolean
  readonly version: boolean
  readonly help: boolean
}

/** @throws DevlaunchError `USAGE` */
export function parse(argv: readonly string[]): Arguments {
  const end = argv.indexOf('--')
  const rest = end < 0 ? [] : argv.slice(end + 1)
  const [args = [], ...others] = divide(end < 0 ? argv : argv.slice(0, end))
  if (others.some((each) => each.length === 0)) {
    throw new DevlaunchError('USAGE', 'nothing stands behind --and', {
      hint: 'name one more server there, or leave it out',
    })
  }
  const first = parseOne(args, rest)
  const and = others.map((each) => parseOne(each, []))
  const onlyThere = and.length > 0 ? '--and' : first.logs && '--logs'
  if (onlyThere && first.words[0] !== 'test') {
    throw new DevlaunchError('USAGE', `${onlyThere} is for devlaunch test`, {
      hint: `leave it out, or write: devlaunch test ... -- command`,
    })
  }
  return { ...first, ...ofAll([first, ...and]), and }
}

/** What is about the command line as a whole is meant so behind --and as well. */
function ofAll(all: readonly Arguments[]): Partial<Arguments> {
  return {
    dryRun: all.some(({ dryRun }) => dryRun),
    version: all.some(({ version }) => version),
    help: all.some(({ help }) => help),
    withParent: all.find(({ withParent }) => withParent !== undefined)?.withParent,
  }
}

/** At each `--and`. */
function divide(args: readonly string[]): readonly (readonly string[])[] {
  const at = args.indexOf('--and')
  return at < 0 ? [args] : [args.slice(0, at), ...divide(args.slice(at + 1))]
}

function parseOne(args: readonly string[], rest: readonly string[]): Arguments {
  const { values, positionals } = read(args)
  check(values)
  return {
    words: positionals,
    rest,
    port: values.port === undefined ? undefined : port(values.port),
    strictPort: values['strict-port'],
    host: values.host,
    lan: values.lan === undefined ? undefined : place(values.lan),
    lanFor: values['lan-for'] === undefined ? undefined : duration(values['lan-for']),
    follow: values.follow,
    qr: values.qr,
    allow: (values.allow ?? []).flatMap((words) => words.split(',')).map(risk),
    reload: values.reload,
    debug: values.debug,
    front: frontOf(values, positionals),
    seal: values.seal,
    python: values.python,
    cwd: values.cwd,
    envFile: values['env-file'],
    readyPath: values['ready-path'] === undefined ? undefined : path(values['ready-path']),
    timeout: values.timeout === undefined ? undefined : timeout(values.timeout),
    replace: values.replace ?? false,
    all: values.all ?? false,
    open: values.open ?? false,
    and: [],
    logs: values.logs === undefined ? undefined : logs(values.logs),
    withParent: parent(values['with-parent']),
    json: values.json ?? false,
    dryRun: values['dry-run'] ?? false,
    yes: values.yes ?? false,
    quiet: values.quiet ?? false,
    version: values.version ?? false,
    help: values.help ?? false,
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: args.map(complete), options, allowPositionals: true, allowNegative: true })
  } catch (cause) {
    // Node's sentence, without its advice on how to write a positional argument that starts with a dash
    const [sentence = ''] = (cause as Error).message.split(/\. |\n/)
    throw new DevlaunchError('USAGE', show(sentence.charAt(0).toLowerCase() + sentence.slice(1)), {
      cause,
      hint: "devlaunch --help lists the options; the server's own go behind --",
    })
  }
}

/** `parseArgs` would take the next word for the value of an option that may stand alone. */
function complete(arg: string): string {
  for (const [name, option] of Object.entries(options)) {
    if ('optional' in option && arg === `--${name}`) return `${arg}=${alone}`
    if ('negative' in option && arg === `--no-${name}`) return `--${name}=${never}`
  }
  return arg
}

/** @throws DevlaunchError `USAGE` for options that contradict each other */
function check({ lan, host }: ReturnType<typeof read>['values']): void {
  if (lan === undefined || host === undefined) return
  throw new DevlaunchError('USAGE', '--lan and --host both say where to listen', {
    hint: 'leave one out; --lan=ADDRESS takes an address too',
  })
}
