import { delimiter, join } from 'node:path'
import type { AnyAdapter, Effect, Release, Row } from './adapter.ts'
import { authority, loopback } from './address.ts'
import { DevlaunchError } from './errors.ts'
import type { Enforced, Policy } from './policy.ts'
import { checkWishes } from './words.ts'

/** Everything that will be run. Nothing has happened yet. */
export interface Plan {
  /** The adapter's name. */
  readonly server: string
  readonly version: string | undefined
  /** What is run, an absolute path: the adapter's program, or the interpreter. */
  readonly file: string
  /** The interpreter, an absolute path. The guard runs by it. */
  readonly python: string
  readonly args: readonly string[]
  /** Variables set for the server, over the environment of the launcher. */
  readonly env: Readonly<Record<string, string>>
  /** Variables of the launcher's environment that the server doesn't get. */
  readonly unset: readonly string[]
  readonly cwd: string
  /** A folder that is made before it starts, and removed after its end. */
  readonly folder: string | undefined
  /** What is written there: path -> text. */
  readonly files: Readonly<Record<string, string>>
  /** Where it answers: `http://127.0.0.1:8000`, also when it listens on every address. */
  readonly url: string
  /** Where the launcher listens for it, so that this machine reaches it as always: `http://127.0.0.1:8000`. */
  readonly relay: string | undefined
  readonly policy: Policy
  /** Does it run sealed: can none of its processes open a TCP listener? */
  readonly seal: boolean
  /** Who is asked to end first. */
  readonly interrupt: 'group' | 'leader'
  /** A signal that it is started with ignored. */
  readonly ignored: 'SIGTERM' | undefined
  /**
   * Who opens the listening socket. `handed-over`: the guard, before the server starts, which gets it as descriptor 3;
   * `reserved`: the server, at an address that the guard has bound to keep it; `own`: the server; `found`: the server,
   * wherever on loopback its app decides. `url` and `policy.bind` are then what it was offered, until it is ready.
   */
  readonly listener: 'handed-over' | 'reserved' | 'own' | 'found'
  /** The exit status after which the guard starts the server again, with the same socket. */
  readonly restart: number | undefined
  /** Why each argument and variable is there. */
  readonly reasons: readonly Reason[]
  /** Fields that only the app can decide. */
  readonly unenforced: readonly (keyof Enforced)[]
}

/** One decision in the server's words. */
export interface Reason extends Required<Omit<Effect, 'files'>> {
  readonly field: keyof Enforced | 'hook' | 'output' | 'relay' | 'seal' | 'socket' | 'subnet' | 'user'
  readonly why: string
  /** The row whose arguments are left out for these; `commandLine` has them. */
  readonly instead?: 'bind'
}

/** What is known about this machine and project when a plan is made. */
export interface Facts {
  readonly python: string
  /** The program that runs in place of the interpreter, an absolute path. */
  readonly program?: string | undefined
  readonly release: Release
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Will the server have a terminal? Its output is unbuffered otherwise. */
  readonly terminal: boolean
  /** Has the user named the port? Otherwise an app that decides it may choose any. Default `false`. */
  readonly portNamed?: boolean
  /** The folder of the hook, `guard/hook`. Without it nothing is refused beforehand. */
  readonly hook?: string
}

/** What the user adds for the server itself. */
export interface PlanOptions {
  /** Arguments for the server itself. */
  readonly args?: readonly string[]
  /** Variables for the server, over `Facts.env`. */
  readonly env?: Readonly<Record<string, string>>
  /** Let the kernel refuse every TCP listener that a process of the server opens. Linux 6.7. Default `false`. */
  readonly seal?: boolean
}

/**
 * The whole command, as a value: a lookup in the adapter's table, without side effects.
 * @throws DevlaunchError `USAGE` for a target that isn't one or a wish that the server can't fulfil, `REFUSED` for an argument that would move the listener.
 */
export function plan<Options extends object>(
  adapter: AnyAdapter,
  options: Options & PlanOptions,
  policy: Policy,
  facts: Facts,
): Plan {
  const { args = [], env = {}, seal = false } = options
  const { scheme = 'http' } = adapter
  checkWishes(adapter, options, policy)
  const rows = Object.entries(adapter.enforce) as [keyof Enforced, Row<unknown>][]
  const answers = rows.map(
    ([field, row]) => [field, typeof row === 'string' ? row : row(policy[field], facts.release)] as const,
  )
  const effects = answers.flatMap(([field, effect]): Reason[] => {
    if (typeof effect === 'string') return []
    const { args = [], env = {} } = effect
    return args.length + Object.keys(env).length > 0
      ? [{ field, args, env, why: explain(field, policy) }]
      : []
  })
  if (policy.subnet) effects.push(...onNetwork(policy))
  const decides = answers.some(([field, effect]) => field === 'bind' && effect === 'app-decides')
  const { listener, restart, reason } = decides ? offering(policy, facts) : listening(adapter, policy, facts)
  if (reason) effects.push(reason)
  if (seal) {
    checkSeal(adapter, listener, facts)
    effects.push(sealed)
  }
  if (!facts.terminal) effects.push(unbuffered)
  const given = effects.filter(({ field }) => field !== reason?.instead)
  const flags = [...args, ...given.flatMap((effect) => effect.args)]
  const command = adapter.command(options, flags, facts.release, facts.python)
  const isolated = !facts.program && command[0] === '-I' // Python takes no PYTHONPATH
  if (!isolated) effects.push(...hooked(adapter, facts, env, policy))
  const scrubbed = matching(
    [...adapter.scrub, ...overlays, subnetVariable],
    [...Object.keys(facts.env), ...Object.keys(env)],
  )
  const kept = Object.entries(env).filter(([name]) => !scrubbed.includes(name))
  // not Object.assign: a variable can be called __proto__
  const set = Object.fromEntries([...kept, ...effects.flatMap((effect) => Object.entries(effect.env))])
  const yours = 'PYTHONPATH' in env && facts.hook ? { PYTHONPATH: env.PYTHONPATH ?? '' } : {}
  const user: Reason = { field: 'user', args, env: yours, why: 'yours' }
  const only = reason?.field === 'socket' ? reason.env : {} // not in the command that is shown
  return {
    server: adapter.name,
    version: facts.release.version,
    file: facts.program ?? facts.python,
    python: facts.python,
    args: command,
    env: set,
    unset: scrubbed.filter((name) => !Object.hasOwn(set, name) || Object.hasOwn(only, name)),
    cwd: facts.cwd,
    folder: adapter.folder,
    files: filesOf(
      adapter,
      answers.map(([, effect]) => effect),
    ),
    url: `${scheme}://${reachable(policy.bind)}`,
    relay: policy.subnet && `${scheme}://${authority(loopback, policy.bind.port)}`,
    policy,
    interrupt: adapter.interrupt ?? 'group',
    ignored: adapter.ignored,
    listener,
    restart,
    seal,
    reasons: args.length > 0 || 'PYTHONPATH' in yours ? [user, ...effects] : effects,
    unenforced: answers.filter(([, effect]) => effect === 'app-decides').map(([field]) => field),
  }
}

function filesOf({ folder }: AnyAdapter, effects: readonly (Effect | string)[]): Record<string, string> {
  const files = effects.flatMap((effect) =>
    typeof effect === 'string' ? [] : Object.entries(effect.files ?? {}),
  )
  return folder ? Object.fromEntries(files.map(([name, text]) => [join(folder, name), text])) : {}
}

/** The plan of a server that has been found to listen there. */
export function planAt(plan: Plan, bind: Policy['bind']): Plan {
  if (bind.authority === plan.policy.bind.authority) return plan
  const policy = { ...plan.policy, bind, allowedHosts: [bind.authority] }
  return { ...plan, policy, url: `http://${bind.authority}` }
}

/** What an adapter tells the hook (docs/guard.md): of the launch that we may be below, or of anybody else, it's not for us. */
const overlays = ['DEVLAUNCH_OVERLAY', 'DEVLAUNCH_ALLOWED_HOSTS']

const sealed: Reason = {
  field: 'seal',
  args: [],
  env: {},
  why: 'no process of the server can open a TCP listener',
}

function onNetwork({ subnet, bind }: Policy): Reason[] {
  const none = { args: [], env: {} }
  return [
    { field: 'subnet', ...none, why: `the kernel drops what doesn't come from ${subnet} or this machine` },
    {
      field: 'relay',
      ...none,
      why: `devlaunch itself listens on ${authority(loopback, bind.port)}, for this machine`,
    },
  ]
}

/** A wildcard is no address to connect to. */
function reachable({ host, port, authority }: Policy['bind']): string {
  if (host === '0.0.0.0') return `127.0.0.1:${port}`
  return host === '::' ? `[::1]:${port}` : authority
}

type Listening = Pick<Plan, 'listener' | 'restart'> & { readonly reason?: Reason }

/** Who opens the socket, and how the server is told. Only Linux lets a server be given one and be seen to hold it. */
function listening(adapter: AnyAdapter, policy: Policy, { platform, release }: Facts): Listening {
  if (platform !== 'linux') return { listener: 'own', restart: undefined }
  const { authority } = policy.bind
  const way = adapter.socket === 'reserve' ? 'reserve' : adapter.socket(policy, release)
  if (way === 'reserve') {
    const why = `${authority} is kept free of other programs until the server listens`
    return { listener: 'reserved', restart: undefined, reason: { field: 'socket', args: [], env: {}, why } }
  }
  const { args = [], env = {}, restart, ...instead } = way
  const why = `already listening on ${authority}, no port is lost to a race`
  return { listener: 'handed-over', restart, reason: { field: 'socket', args, env, why, ...instead } }
}

/**
 * An app that opens its own listener is told where by the variables that most would read. Nothing is reserved: to bind
 * beside that takes SO_REUSEADDR, which socketserver.TCPServer doesn't set.
 */
function offering({ bind, reach }: Policy, { portNamed = false }: Facts): Listening {
  const listener = reach === 'loopback' && !portNamed ? 'found' : 'own'
  const whys = {
    found:
      'offered to the app; if it listens elsewhere on loopback, the first that answers HTTP is the server',
    own: 'told to the app, which opens the listener; one that answers elsewhere is not the server',
  }
  const env = { HOST: bind.host, PORT: `${bind.port}` }
  return { listener, restart: undefined, reason: { field: 'bind', args: [], env, why: whys[listener] } }
}

/** On a pipe Python holds its output back until 8 KB are full: http.server's first line never came in 2.5 s. */
const unbuffered: Reason = {
  field: 'output',
  args: [],
  env: { PYTHONUNBUFFERED: '1' },
  why: 'show each line at once',
}

/** What the hook limits the listener to. Another launch's, which this one may be below, is none of this server's. */
const subnetVariable = 'DEVLAUNCH_SUBNET'

/** Python finds a module named `sitecustomize` there, in every interpreter of the tree; the user's folders follow. */
function hooked(
  { native }: AnyAdapter,
  facts: Facts,
  wished: PlanOptions['env'],
  { bind, subnet }: Policy,
): Reason[] {
  const { hook, env, platform } = facts
  if (!hook || hook.includes(delimiter)) return [] // it could not be written down
  const yours = (wished?.PYTHONPATH ?? env.PYTHONPATH)?.split(delimiter) ?? []
  const others = yours.filter((folder) => folder !== hook) // this launch may itself be below a hooked one
  const path = [hook, ...(others.some(Boolean) ? others : [])].join(delimiter)
  const why = 'refuse a wider bind before it happens'
  const refusing: Reason = {
    field: 'hook',
    args: [],
    env: { PYTHONPATH: path, DEVLAUNCH_BIND: bind.authority },
    why,
  }
  // Other kernels have no such filter. Without the variable the guard has the kernel hold each listen().
  if (!subnet || platform !== 'linux' || native) return [refusing]
  const only = `let the kernel drop what comes from outside ${subnet}`
  return [refusing, { field: 'hook', args: [], env: { [subnetVariable]: subnet }, why: only }]
}

function explain(field: keyof Enforced, policy: Policy): string {
  const onOff = (on: boolean, yes: string, no: string) => (on ? yes : no)
  const why: Record<keyof Enforced, string> = {
    bind: `listen on ${policy.bind.authority} and nowhere else`,
    debugger: onOff(policy.debugger, 'you asked for the debugger', 'no page that runs code'),
    reload: onOff(policy.reload, 'restart when a source changes', 'one process, no restarts'),
    proxyHeaders: onOff(
      policy.proxyHeaders,
      'you trust the proxy on this machine',
      'believe no forwarded address',
    ),
    allowedHosts: `answer to ${policy.allowedHosts.join(', ')}`,
    dotenv: onOff(policy.dotenv, 'you allowed .env files', 'no .env file of a parent folder changes this'),
    grace: `open requests end ${policy.grace} s after a stop`,
  }
  return why[field]
}

/** A sealed server can't open the socket that it answers on. */
function checkSeal({ name, target }: AnyAdapter, listener: Plan['listener'], { platform }: Facts): void {
  if (platform !== 'linux') {
    throw new DevlaunchError('USAGE', `${name} can't be sealed: only Linux has what it takes`, {
      hint: 'leave out --seal',
    })
  }
  if (listener === 'handed-over') return
  throw new DevlaunchError('USAGE', `${name} can't be sealed: its server opens its own socket`, {
    hint: `leave out --seal${target.kind === 'directory' ? '' : ', or serve the app with gunicorn or uvicorn'}`,
  })
}

function matching(patterns: readonly string[], names: readonly string[]): string[] {
  const matches = (name: string) =>
    patterns.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    )
  return [...new Set(names.filter(matches))].sort()
}
