import { readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { adapters } from '../packages/cli/src/adapters.ts'
import { help } from '../packages/cli/src/help.ts'
import { release } from '../packages/core/src/release.ts'
import { defaults, typed } from '../packages/testkit/src/defaults.ts'
import { main } from './main.js'
import { root } from './setup.js'

/** @typedef {import('@devlaunch/core').AnyAdapter} AnyAdapter */
/** @typedef {import('@devlaunch/core').Row<any>} Row */

/**
 * Files with parts between `<!-- name -->` and `<!-- /name -->` that are made from the adapters' tables, or between
 * `<!-- from path#region -->` and `<!-- /from -->`, that are copied from a file that is tested.
 */
export const generatedFiles = [
  ...['README.md', 'packages/cli/README.md', 'docs/policy.md'],
  ...['docs/vitest.md', 'docs/playwright.md', 'docs/jest.md', 'docs/node-test.md'],
]

/**
 * What each field's table shows, by heading.
 * @satisfies {Record<keyof import('@devlaunch/core').Enforced, Record<string, unknown>>}
 */
const samples = {
  bind: { '127.0.0.1:8000': { host: '127.0.0.1', port: 8000, authority: '127.0.0.1:8000' } },
  debugger: { off: false, on: true },
  reload: { off: false, on: true },
  proxyHeaders: { off: false, on: true },
  allowedHosts: { '127.0.0.1:8000': ['127.0.0.1:8000'], '192.168.1.23:8000': ['192.168.1.23:8000'] },
  dotenv: { off: false, on: true },
  grace: { '1 s': 1 },
}

/** No path of this machine in a document. */
const packages = join(root, 'packages/')

/** What the servers that Python brings were measured on. */
const python = 'Python 3.13.0'

/** @param {AnyAdapter} adapter */
const socketOf = ({ socket, enforce }) => {
  if (enforce.bind === 'app-decides') return "the app's own"
  return socket === 'reserve' ? 'reserved' : 'handed over'
}

/** @type {Readonly<Record<string, () => string>>} */
const blocks = {
  options: () => `\`\`\`text\n${help().trimEnd()}\n\`\`\``,
  promises: () =>
    table(
      ['', 'bound as planned', 'ours', 'gone', 'says why', 'no surprises'],
      adapters.map((adapter) => [
        adapter.name,
        typeof adapter.enforce.bind === 'function' ? 'by flag and proof' : 'by proof',
        'by proof',
        'by the guard',
        `${adapter.hints.length} known causes`,
        `${adapter.scrub.length} variables removed, ${refused(adapter)} refused`,
      ]),
    ),
  rows: () =>
    table(
      ['', ...adapters.map(({ name }) => name)],
      Object.keys(samples)
        .map((field) => [
          `[\`${field}\`](docs/policy.md#${field.toLowerCase()})`,
          ...adapters.map(({ enforce }) => extent(rowOf(enforce, field), field)),
        ])
        .concat([['[the socket](docs/guard.md#the-socket)', ...adapters.map(socketOf)]]),
    ),
  defaults: () =>
    table(
      ['started by hand', 'release', 'listens on', 'said, wrongly', 'devlaunch'],
      defaults.map(({ server, command, listens, resolver, said = '' }) => {
        const adapter = adapterOf(server)
        return [
          code(typed(command)) + (resolver ? ` ${resolver.effect}` : ''),
          releaseOf(adapter),
          listens.map(address).join(', ') || 'nothing, it ends',
          said,
          [code(addressing(adapter)), ...command.flatMap((word) => removal(adapter, word))].join(', '),
        ]
      }),
    ),
  scrub: () =>
    table(
      ['', 'removed from the environment'],
      adapters.map(({ name, scrub }) => [name, scrub.map(code).join(' ') || 'nothing']),
    ),
  ...Object.fromEntries(Object.keys(samples).map((field) => [field, () => fieldTable(field)])),
}

/**
 * The text with every part between its markers made anew.
 * @param {string} text
 */
export function regenerate(text) {
  return text
    .replace(/(<!-- (\w+) -->\n)[\s\S]*?(<!-- \/\2 -->)/g, (all, start, name, end) => {
      const block = blocks[name]
      return block ? `${start}\n${block()}\n\n${end}` : all
    })
    .replace(
      /(<!-- from ([^\s#]+)(?:#(\w+))? -->\n)[\s\S]*?(<!-- \/from -->)/g,
      (_, start, path, region, end) => `${start}\n${quotation(path, region)}\n\n${end}`,
    )
}

/**
 * A file as a code block, or the part of it between `// #region NAME` and `// #endregion`.
 * @param {string} path
 * @param {string | undefined} region
 */
function quotation(path, region) {
  const text = readFileSync(join(root, path), 'utf8')
  const marked = new RegExp(`^.*#region ${region}\\n([\\s\\S]*?)^.*#endregion$`, 'm').exec(text)
  if (region && !marked) throw new Error(`${path} has no region ${region}`)
  const shown = (marked?.[1] ?? text).replace(/^.*#(?:region .*|endregion)\n/gm, '')
  return `\`\`\`${extname(path).replace(/^\.[mc]?/, '')}\n${shown.trimEnd()}\n\`\`\``
}

/** @param {string} server */
function adapterOf(server) {
  const adapter = adapters.find(({ name }) => name === server)
  if (!adapter) throw new Error(`no adapter ${server}`)
  return adapter
}

/**
 * The newest one that the tests have.
 * @param {AnyAdapter} adapter
 */
function releaseOf({ name, package: server }) {
  if (!server) return python
  const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
  const newest = [...manifest.testkit.newest.join('\n').matchAll(/^([\w-]+)(?:\[\w+\])?==([\w.]+)/gm)]
  const [, distribution, version] = newest.findLast(([, each]) => each === server.distribution) ?? []
  return `${distribution} ${version}`
}

/** @param {string} listener */
function address(listener) {
  return /^(?:0\.0\.0\.0|\[::\]):/.test(listener) ? `**${code(listener)}**` : code(listener)
}

/**
 * The arguments that say where it listens.
 * @param {AnyAdapter} adapter
 */
function addressing({ enforce, port }) {
  const host = '127.0.0.1'
  if (typeof enforce.bind !== 'function') return ''
  const answer = enforce.bind({ host, port, authority: `${host}:${port}` }, release(undefined))
  const { args = [] } = typeof answer === 'string' ? {} : answer
  return args.filter((word) => word.includes(host) || word.includes(String(port))).join(' ')
}

/**
 * @param {AnyAdapter} adapter
 * @param {string} word
 */
function removal({ scrub }, word) {
  return scrub.filter((name) => word.startsWith(`${name}=`)).map((name) => `${code(name)} removed`)
}

/** @param {AnyAdapter} adapter */
function refused({ reserved }) {
  const refuses = (/** @type {string} */ word) => reserved.some(({ match }) => match.test(word))
  if (!refuses('--unknown')) return `${reserved.length} arguments`
  return refuses('--workers=2') ? 'every argument' : 'every unknown argument'
}

/** @param {string} field */
function fieldTable(field) {
  const shown = Object.entries(samples[/** @type {keyof typeof samples} */ (field)])
  return table(
    ['', ...shown.map(([heading]) => heading)],
    adapters.map(({ name, enforce }) => {
      const row = rowOf(enforce, field)
      return [name, ...shown.map(([, value]) => effect(row, value))]
    }),
  )
}

/**
 * @param {AnyAdapter['enforce']} enforce
 * @param {string} field
 * @returns {Row}
 */
function rowOf(enforce, field) {
  return enforce[/** @type {keyof typeof enforce} */ (field)]
}

/**
 * @param {Row} row
 * @param {string} field
 */
function extent(row, field) {
  if (typeof row !== 'function') return kind(row)
  const values = Object.values(samples[/** @type {keyof typeof samples} */ (field)])
  const leaves = values.some((value) => row(value, release(undefined)) === 'app-decides')
  return leaves ? 'enforced on a network' : 'enforced'
}

/** @param {'absent' | 'app-decides'} answer */
function kind(answer) {
  return answer.replace('-', ' ')
}

/**
 * As the newest release gets it.
 * @param {Row} row
 * @param {unknown} value
 */
function effect(row, value) {
  if (typeof row !== 'function') return kind(row)
  const answer = row(value, release(undefined))
  if (typeof answer === 'string') return kind(answer)
  const { args = [], env = {} } = answer
  const variables = Object.entries(env).map(([name, text]) => `${name}=${text.replace(packages, '')}`)
  return args.length > 0 || variables.length > 0 ? code([...args, ...variables].join(' ')) : 'nothing'
}

/** @param {string} text */
function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

await main(import.meta.url, async () => {
  for (const name of generatedFiles) {
    const file = join(root, name)
    writeFileSync(file, regenerate(readFileSync(file, 'utf8')))
  }
})
