import {
  type Adapter,
  type AnyAdapter,
  here,
  type Interpreter,
  type LaunchEvent,
  type LaunchOptions,
  Listing,
  launch,
  type OwnOptions,
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
  options: Options & OwnOptions,
): Promise<Server> {
  const { frontAt, frontOptions, hosts, serverOptions } = await divide(wish, adapter, options)
  const whole = new Listing(adapter as AnyAdapter, options, here())
  let fronted: Fronted | undefined
  const listing = {
    update: async () => fronted && whole.update(fronted), // the two of them are one
    remove: whole.remove,
  }
  const server = await launch(adapter as AnyAdapter, { ...serverOptions, listing })
  try {
    const outer = await launch(frontAt(server.plan), {
      ...frontOptions,
      listing,
      onEvent: (event) => {
        if (event.event === 'lan' && event.lan) void fronted?.introduce().catch(() => {})
        if (toldOfFront(event)) options.onEvent?.(event)
      },
    })
    const isTold = typeof adapter.enforce.allowedHosts === 'function'
    fronted = new Fronted(server, outer, isTold ? hosts : undefined, options)
    await listing.update()
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
  const { frontAt, frontOptions, serverOptions } = await divide(wish, adapter, options)
  const { plan, python } = await prepare(adapter as AnyAdapter, serverOptions)
  const { plan: front } = await prepare(frontAt(plan), frontOptions)
  return { plan, python, front }
}

/** What is known of the two before either is started: the front's address is chosen, its server's isn't. */
async function divide(wish: FrontOptions, { exposes }: AnyAdapter, options: LaunchOptions) {
  const { front, place } = await findPlace({ cwd: options.cwd, ...wish })
  const at = (upstream: string) => frontAdapter(front, { ...place, exposes, upstream })
  const ofFront = frontOptions(options)
  const { plan } = await prepare(at(nowhere), ofFront)
  const hosts = hostsOf(plan)
  return {
    frontAt: ({ policy }: Plan) => at(policy.bind.authority),
    frontOptions: { ...ofFront, port: plan.policy.bind.port },
    /** The server reads them at each start. */
    hosts,
    serverOptions: { ...serverOptions(options), hosts },
  }
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
