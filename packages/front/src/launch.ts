import {
  type Adapter,
  type AnyAdapter,
  type Interpreter,
  type LaunchEvent,
  type LaunchOptions,
  launch,
  type Plan,
  prepare,
  type Server,
} from '@devlaunch/core'
import { frontAdapter } from './adapter.ts'
import { Fronted } from './fronted.ts'
import { type FrontOptions, findPlace } from './place.ts'

/** Where the Python server is, before anything is known about it. */
const nowhere = '127.0.0.1:1'

/**
 * Starts a server on loopback, and a front at the address that was meant; resolves when both are ready. The server
 * believes what the front says of its clients, and the front leaves out what they say of themselves.
 *
 * @example
 * await using server = await launchBehind({ front: 'nginx' }, gunicorn, { app: 'shop:app', lan: true })
 *
 * @throws DevlaunchError as `launch` does. Whatever is thrown, nothing is left running.
 */
export async function launchBehind<Options extends object>(
  wish: FrontOptions,
  adapter: Adapter<Options>,
  options: Options & LaunchOptions,
): Promise<Server> {
  const { front, place: found } = await findPlace({ cwd: options.cwd, ...wish })
  const place = { ...found, exposes: adapter.exposes }
  const ofFront = frontOptions(options)
  const { plan: first } = await prepare(frontAdapter(front, { ...place, upstream: nowhere }), ofFront)
  const inner = serverOptions(options)
  const hosts = hostsOf(first)
  const server = await launch(adapter as AnyAdapter, { ...inner, hosts } as LaunchOptions)
  let fronted: Fronted | undefined
  try {
    const upstream = server.plan.policy.bind.authority
    const outer = await launch(frontAdapter(front, { ...place, upstream }), {
      ...ofFront,
      port: first.policy.bind.port,
      onEvent: (event) => {
        if (event.event === 'lan' && event.lan) void fronted?.introduce().catch(() => {})
        if (toldOfFront(event)) options.onEvent?.(event)
      },
    })
    const isTold = typeof adapter.enforce.allowedHosts === 'function'
    fronted = new Fronted(server, outer, isTold ? hosts : undefined, options)
    return fronted
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Everything that would be run; nothing of it is. */
export async function prepareBehind<Options extends object>(
  wish: FrontOptions,
  adapter: Adapter<Options>,
  options: Options & LaunchOptions,
): Promise<{ plan: Plan; python: Interpreter; front: Plan }> {
  const { front, place: found } = await findPlace({ cwd: options.cwd, ...wish })
  const place = { ...found, exposes: adapter.exposes }
  const ofFront = frontOptions(options)
  const { plan: first } = await prepare(frontAdapter(front, { ...place, upstream: nowhere }), ofFront)
  const hosts = hostsOf(first)
  const { plan, python } = await prepare(
    adapter as AnyAdapter,
    {
      ...serverOptions(options),
      hosts,
    } as LaunchOptions,
  )
  const upstream = plan.policy.bind.authority
  const { plan: second } = await prepare(frontAdapter(front, { ...place, upstream }), {
    ...ofFront,
    port: first.policy.bind.port,
  })
  return { plan, python, front: second }
}

/** What a client may write into its Host header: on a network, this machine still comes by loopback. */
function hostsOf({ policy, relay }: Plan): string[] {
  return [policy.bind.authority, ...(relay === undefined ? [] : [new URL(relay).host])]
}

/** What is about the address is the front's, everything else the server's. */
const addressed = ['host', 'port', 'strictPort', 'lan', 'lanFor', 'follow'] as const
const shared = ['cwd', 'python', 'allow', 'debug', 'timeout', 'signal', 'onOutput', 'readyPath'] as const

function frontOptions(options: LaunchOptions): LaunchOptions {
  const all = options as Record<string, unknown>
  return Object.fromEntries(
    [...addressed, ...shared].flatMap((name) => (name in all ? [[name, all[name]]] : [])),
  )
}

function serverOptions(options: LaunchOptions): LaunchOptions {
  const others = Object.entries(options).filter(([name]) => !(addressed as readonly string[]).includes(name))
  return {
    ...Object.fromEntries(others),
    allow: [...(options.allow ?? []), 'proxy-headers'],
    onEvent: (event) => toldOfServer(event) && options.onEvent?.(event),
  }
}

/** Ready and over are both of them together; whose devices can reach it is about the front. */
function toldOfServer({ event }: LaunchEvent): boolean {
  return event !== 'ready' && event !== 'exit'
}

function toldOfFront(event: LaunchEvent): boolean {
  return toldOfServer(event) && event.event !== 'guard'
}
