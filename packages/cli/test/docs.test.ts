import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DevlaunchError, type ErrorCode, type Policy, risks } from '@devlaunch/core'
import { expect, test } from 'vitest'
import { generatedFiles, regenerate } from '../../../scripts/readme.js'
import { adapters } from '../src/adapters.ts'
import { options } from '../src/args.ts'
import { exitCodeOf } from '../src/exit-code.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (name: string) => readFileSync(join(root, name), 'utf8')

/** A code that isn't here is a type error. */
const codes = Object.keys({
  USAGE: 0,
  REFUSED: 0,
  PYTHON_NOT_FOUND: 0,
  SERVER_NOT_FOUND: 0,
  PORT_TAKEN: 0,
  PORT_DENIED: 0,
  FAILED: 0,
  NOT_READY: 0,
  EXPOSED: 0,
  GUARD_LOST: 0,
  RUNNING: 0,
  NOT_RUNNING: 0,
  ABORTED: 0,
} satisfies Record<ErrorCode, 0>) as ErrorCode[]

/** So is a field. */
const fields = Object.keys({
  bind: 0,
  reach: 0,
  debugger: 0,
  reload: 0,
  proxyHeaders: 0,
  subnet: 0,
  allowedHosts: 0,
  dotenv: 0,
  grace: 0,
} satisfies Record<keyof Policy, 0>)

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'packages/core/README.md', 'packages/cli/README.md'],
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
]

test.each(generatedFiles)(
  '%s is up to date: node --conditions=@devlaunch/source scripts/readme.js',
  (name) => {
    expect(regenerate(read(name))).toBe(read(name))
  },
)

test('every adapter is in the table of promises', () => {
  const names = [...read('README.md').matchAll(/^\| (\w+) \|/gm)].map(([, name]) => name)
  expect(names).toEqual(expect.arrayContaining(adapters.map(({ name }) => name)))
})

test('every error code has a heading, and no heading is left over', () => {
  const others = ['A broken environment', 'Events', 'Exit codes', 'Signals']
  expect(headings('docs/errors.md').slice(1).sort()).toEqual([...codes, ...others].sort())
})

test.each(codes)('%s is in the table of exit codes', (code) => {
  const row = new RegExp(
    `^\\| ${exitCodeOf(new DevlaunchError(code, ''))} \\|.*\\(#${code.toLowerCase()}\\)`,
    'm',
  )
  expect(read('docs/errors.md')).toMatch(row)
})

test('every field of the policy and every risk has one heading', () => {
  const names = new Set([...fields, ...Object.keys(risks)])
  expect(headings('docs/policy.md').slice(1).sort()).toEqual([...names, 'What is removed'].sort())
})

test.each(documents)('%s names options that exist', (name) => {
  expect(optionsIn(read(name)).filter((option) => !known.has(option))).toEqual([])
})

test.each(documents)('%s links to what is there', (name) => {
  const links = [...prose(read(name)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  expect(links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(name, link))).toEqual([])
})

const known: ReadonlySet<string> = new Set(
  Object.entries(options).flatMap(([name, option]) =>
    option.type === 'boolean' || 'negative' in option ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  ),
)

/** In code spans that start with one, and in commands of ours up to a lone `--`; not in generated parts. */
function optionsIn(text: string): string[] {
  const written = text.replace(/<!-- (\w+) -->[\s\S]*?<!-- \/\1 -->/g, '')
  const spans = [...written.matchAll(/`(--[^`]+)`/g)].map(([, span = '']) => span)
  const commands = [...written.matchAll(/\bdevlaunch ([^`\n]*)/g)].map(([, rest = '']) => rest)
  return [...spans, ...commands].flatMap(
    (code) => (code.split(/ -- | # /)[0] ?? '').match(/(?<!\S)--[a-z][\w-]*/g) ?? [],
  )
}

function headings(name: string): string[] {
  return [...prose(read(name)).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text)
}

/** Without fenced code. */
function prose(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '')
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file ? resolve(root, dirname(from), file) : join(root, from)
  if (!existsSync(target)) return false
  return anchor === undefined || headings(relative(root, target)).map(slug).includes(anchor)
}

/** As GitHub makes anchors. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
