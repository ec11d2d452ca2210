import { lookup } from 'node:dns/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import type { AnyAdapter } from './adapter.ts'
import { type Address, authority, loopback, parseAddress } from './address.ts'
import { longestTimeout } from './deadline.ts'
import { DevlaunchError } from './errors.ts'
import { portTaken } from './failure.ts'
import { whoHolds } from './guard.ts'
import type { Here } from './here.ts'
import type { Interpreter } from './interpreter.ts'
import { chooseLan, type Lan } from './lan.ts'
import { readNetworks } from './networks.ts'
import { type Plan, type PlanOptions, plan } from './plan.ts'
import { refusal, resolvePolicy, type Wishes } from './policy.ts'
import { checkPort, choosePort } from './port.ts'
import { findProgram } from './program.ts'
import { choosePython } from './python.ts'
import { quote, show } from './quote.ts'
import { isPipe, readPipe, readText } from './read.ts'
import { release } from './release.ts'
import { findTarget, type Place } from './target.ts'
import { checkWishes } from './words.ts'

/** Everything that a plan depends on, beside the adapter's own options. */
export interface PrepareOptions extends Wishes, PlanOptions {
  /** Default: the current working directory. */
  readonly cwd?: string
  /**
   * A file, or a pipe as `<(command)` makes one, with `NAME=value` lines for the server; up to 1 MB. A variable that is
   * set already wins over its line.
   */
  readonly envFile?: string
  /** An interpreter, the folder of a virtual environment, or a command on the PATH. Default: the project's. */
  readonly python?: string
  /** The address to listen on. Default `127.0.0.1`. Anything wider must be accepted in `allow`. */
  readonly host?: string
  /** The first choice, 1 to 65535; the next free one if it is taken. Default: any free port. */
  readonly port?: number
  /** Where the app decides its port: the first choice of what it is offered. Default: any free port. */
  readonly offeredPort?: number
  /** The first choice or `PORT_TAKEN`. Default `false`. */
  readonly strictPort?: boolean
  /** Calls the launch off, or stops the server that came of it. */
  readonly signal?: AbortSignal
}

/** What is known before a port is chosen, at the cost of reading a few files. */
export interface Found {
  readonly python: Interpreter
  /** What runs in its place. */
  readonly program: string | undefined
  readonly place: Place
  readonly env: Readonly<Record<string, string>>
  readonly where: Where
}

/** Where to listen. */
export interface Where {
  readonly address: Address & { readonly subnet?: string }
  /** The network that was chosen, if one was wished for. */
  readonly lan: Lan | undefined
}

/** Milliseconds until a server must be ready, where nobody has said. */
export const longestStart = 60_000

/** @throws DevlaunchError before anything was started, for whatever is wrong with the wishes or the project. */
export async function find(
  adapter: AnyAdapter,
  options: PrepareOptions & { readonly timeout?: number; readonly lanFor?: number },
  here: Here,
): Promise<Found> {
  if (options.port !== undefined) checkPort(options.port)
  checkLimit(options.lanFor)
  const where = await findWhere(options)
  const policy = resolvePolicy(options, where.address, options.port ?? options.offeredPort ?? adapter.port)
  checkWishes(adapter, options, policy) // a refusal needs no Python
  const cwd = resolve(here.cwd, options.cwd ?? '.')
  const target = (options as Record<string, unknown>)[adapter.target.option]
  const place = await findTarget(adapter, target, cwd, here.env)
  const [python, file] = await Promise.all([
    choosePython(adapter, {
      cwd: place.cwd,
      env: here.env,
      python: options.python && absolute(options.python, here),
      signal: options.signal,
      timeout: options.timeout,
    }),
    readEnvFile(options, here),
  ])
  const env = { ...file, ...options.env }
  const program = await findProgram(adapter, options, {
    python,
    cwd: place.cwd,
    env: { ...here.env, ...env },
  })
  return { python, program, place, env, where }
}

const hook = fileURLToPath(new URL('../guard/hook', import.meta.url))

/** Chooses the port and makes the plan. `lost`: another process has taken the port that was chosen before. */
export async function decide(
  adapter: AnyAdapter,
  options: PrepareOptions & { readonly terminal?: unknown },
  { python, program, place, env, where: { address, lan } }: Found,
  here: Here,
  lost = false,
): Promise<Plan> {
  const target = place.target !== undefined && { [adapter.target.option]: place.target }
  const wanted = { ...options, env, ...target }
  const first = options.port ?? options.offeredPort
  const wish = {
    host: lan ? loopback : address.host,
    filtered: lan?.host,
    port: first,
    strict: options.strictPort ?? false,
    lost,
  }
  const port = await choosePort(wish).catch(async (error) => {
    if (!(error instanceof DevlaunchError) || error.code !== 'PORT_TAKEN') throw error
    throw portTaken(authority(address.host, first ?? 0), await whoHolds(python.path, first ?? 0))
  })
  return plan(adapter, wanted, resolvePolicy(options, address, port), {
    python: python.path,
    program,
    release: release(python.release),
    cwd: place.cwd,
    env: here.env,
    platform: process.platform,
    terminal: options.terminal !== undefined,
    hook,
    portNamed: options.port !== undefined,
  })
}

/** @throws DevlaunchError `USAGE` */
export function checkLimit(milliseconds = 1): void {
  if (milliseconds > 0 && milliseconds <= longestTimeout) return
  throw new DevlaunchError('USAGE', `${milliseconds} ms is not a time on a network`, {
    hint: 'give up to 24 days, for example --lan-for 30m',
  })
}

/** @throws DevlaunchError `USAGE` or `REFUSED` */
export async function findWhere(options: PrepareOptions): Promise<Where> {
  const { lan: wish = false, host } = options
  if (wish === false) return { address: await findAddress(options), lan: undefined }
  if (host !== undefined) {
    throw new DevlaunchError('USAGE', `--lan chooses the address, and so does --host ${quote(host)}`, {
      hint: `leave out one of them; --lan=${show(host)} chooses that address for its network alone`,
    })
  }
  const lan = chooseLan(wish, await readNetworks())
  return { address: { host: lan.host, reach: 'lan', subnet: lan.subnet }, lan }
}

async function findAddress({ host = loopback, allow = [] }: PrepareOptions): Promise<Address> {
  const address = parseAddress(host)
  if (address) return address
  const shown = quote(host)
  if (host.includes('%')) {
    throw new DevlaunchError('USAGE', `${shown} names an interface`, {
      hint: 'give the address without the % and what follows',
    })
  }
  if (!allow.includes('public-bind'))
    throw refusal(['public-bind'], `${shown}, a name that can mean any address`)
  const [found] = await lookup(host, { all: true, order: 'ipv4first' }).catch(() => [])
  const meant = found && parseAddress(found.address)
  if (meant) return meant
  throw new DevlaunchError('USAGE', `${shown} is neither an address nor a name that can be looked up`, {
    hint: 'give the numeric address',
  })
}

/** A command on the PATH stays a word; a path is meant from where the user stands, not from the project. */
function absolute(python: string, here: Here): string {
  return /[\\/]/.test(python) ? resolve(here.cwd, python) : python
}

async function readEnvFile(
  { envFile, timeout = longestStart, signal }: PrepareOptions & { readonly timeout?: number },
  { cwd, env }: Here,
): Promise<Record<string, string>> {
  if (envFile === undefined) return {}
  const path = resolve(cwd, envFile)
  const pipe = await isPipe(path)
  const text = await (pipe ? readPipe(path, timeout, signal) : readText(path))
  if (text === undefined) {
    throw new DevlaunchError('USAGE', `${show(path)} can't be read`, {
      hint: 'name a file or a pipe of up to 1 MB with --env-file; a pipe has to end in time',
    })
  }
  if (pipe && text === '') {
    throw new DevlaunchError('USAGE', `the pipe ${show(path)} was empty`, {
      hint: 'on a command line write -e in place of --env-file, whose pipe Node itself reads first',
    })
  }
  const parsed = Object.entries(parseEnv(text) as Record<string, string>)
  return Object.fromEntries(parsed.filter(([name]) => !Object.hasOwn(env, name)))
}
