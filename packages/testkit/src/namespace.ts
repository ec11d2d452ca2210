import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { addresses, listeners } from './kernel.ts'
import { Namespaces } from './namespaces.ts'

/** A network of a test's own, on which every port is free. */
export interface Namespace extends AsyncDisposable {
  /** What to put before a command to run it there. */
  readonly within: readonly string[]
  /** One request from there. */
  ask(url: string, question?: Question): Promise<Answer>
  /** Every socket there that takes what comes, as `address:port`. */
  listening(): Promise<readonly string[]>
}

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  /** 0: nobody has answered. */
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly text: string
}

const run = promisify(execFile)

/** Node's own fetch can't set `Host`. */
const client = `
const [url, { body, ...options }] = JSON.parse(process.argv[1])
const say = (answer) => console.log(JSON.stringify(answer))
require('node:http').request(url, options, (response) => {
  let text = ''
  response.setEncoding('utf8').on('data', (chunk) => { text += chunk })
  response.on('end', () => say({ status: response.statusCode, headers: response.headers, text }))
}).on('error', () => say({ status: 0, headers: {}, text: '' })).end(body)
`

/** A Linux network namespace with loopback and one more interface, which has this address: `192.168.1.23/24`. */
export async function makeNamespace(address: string): Promise<Namespace> {
  await using stack = new AsyncDisposableStack()
  const spaces = stack.use(await Namespaces.make(['alone']))
  await spaces.ip('alone', [
    'link set lo up',
    'link add lan0 type veth peer name lan1', // not every kernel has `dummy`
    'link set lan0 up',
    'link set lan1 up',
    // an IPv6 address can be used after a second otherwise
    `address add ${address} dev lan0${address.includes(':') ? ' nodad' : ''}`,
  ])
  const within = spaces.prefix('alone')
  const kept = stack.move()
  return {
    within,
    ask: async (url, question = {}) => {
      const words = [...within.slice(1), process.execPath, '-e', client, JSON.stringify([url, question])]
      return JSON.parse((await run('ip', words)).stdout)
    },
    listening: async () => {
      const tables = ['tcp', 'tcp6', 'udp', 'udp6'].map(async (table) => {
        const { stdout } = await run('ip', [...within.slice(1), 'cat', `/proc/net/${table}`])
        return [table, stdout]
      })
      return addresses(listeners(Object.fromEntries(await Promise.all(tables))))
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
