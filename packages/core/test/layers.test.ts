import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Who may import whom at run time (docs: CONTRIBUTING.md). A file that isn't here fails the test. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // pure
  adapter: [],
  protocol: [],
  clean: [],
  errors: ['clean'],
  quote: [],
  release: [],
  command: [],
  logs: ['clean'],
  channel: ['clean'],
  server: [],
  events: [],
  address: ['ipaddr.js'],
  policy: ['address', 'errors'],
  words: ['errors', 'quote'],
  survey: ['ipaddr.js'],
  refuse: ['errors', 'quote', 'survey'],
  lan: ['address', 'errors', 'quote', 'refuse', 'survey'],
  kind: [],
  deadline: [],
  'fetch-from': ['errors', 'quote'],
  'wait-for-log': ['clean', 'deadline', 'errors', 'quote'],
  binds: ['address'],
  plan: ['address', 'errors', 'words', 'node:path'],
  // one question or one place each
  read: ['node:'],
  question: ['kill', 'execa'],
  interpreter: ['question', 'read', 'node:'],
  candidates: ['interpreter', 'question', 'read', 'node:'],
  python: ['candidates', 'errors', 'installation', 'interpreter', 'program', 'quote'],
  program: ['candidates', 'errors', 'installation', 'quote', 'node:'],
  installation: ['candidates', 'node:'],
  target: ['candidates', 'errors', 'quote', 'node:'],
  port: ['address', 'errors', 'get-port', 'node:'],
  here: ['errors'],
  kill: ['node:'],
  life: ['question', 'node:'],
  'own-folder': ['life', 'node:'],
  listing: ['life', 'own-folder', 'node:'],
  registry: ['here', 'life', 'own-folder', 'node:'],
  'stop-running': ['errors', 'life', 'quote', 'node:'],
  files: ['errors', 'quote', 'node:'],
  guard: ['channel', 'errors', 'kill', 'node:'],
  companion: ['execa', 'node:'],
  ready: ['node:'],
  knock: ['ready'],
  search: ['address', 'binds'],
  debugger: ['ready'],
  'dot-files': ['node:'],
  pace: ['node:'],
  relay: ['address', 'port', 'node:'],
  'address-watch': ['node:'],
  networks: ['kind', 'node:'],
  surroundings: ['read', 'node:'],
  cause: ['read', 'node:'],
  // steps
  exposed: ['address', 'cause', 'command', 'errors'],
  failure: ['address', 'cause', 'command', 'errors', 'exposed', 'port'],
  prepare: [
    'address',
    'deadline',
    'errors',
    'failure',
    'guard',
    'lan',
    'networks',
    'plan',
    'policy',
    'port',
    'program',
    'python',
    'quote',
    'read',
    'release',
    'target',
    'words',
    'node:',
  ],
  outside: ['debugger', 'dot-files', 'errors', 'policy', 'quote', 'ready'],
  wait: ['binds', 'deadline', 'errors', 'knock', 'quote', 'search'],
  watch: ['exposed', 'failure', 'pace', 'node:'],
  // one start, another one after it, and the door to both
  start: [
    'address',
    'errors',
    'events',
    'failure',
    'files',
    'guard',
    'outside',
    'plan',
    'prepare',
    'relay',
    'wait',
    'watch',
  ],
  keep: [
    'address',
    'address-watch',
    'deadline',
    'errors',
    'events',
    'fetch-from',
    'policy',
    'port',
    'prepare',
    'start',
    'wait-for-log',
  ],
  launch: ['deadline', 'errors', 'failure', 'here', 'keep', 'listing', 'logs', 'prepare', 'start', 'wait'],
}

const source = new URL('../src/', import.meta.url)
const packages = new URL('../../', import.meta.url)
const adapters = readdirSync(packages).filter((name) => {
  const manifest = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8'))
  return Object.hasOwn(manifest.peerDependencies ?? {}, '@devlaunch/core')
})
const files = readdirSync(source).map((name) => name.replace(/\.ts$/, ''))

test('every file has its place', () => {
  expect(files.filter((name) => name !== 'index').sort()).toEqual(Object.keys(allowed).sort())
})

test.each(Object.entries(allowed))('%s imports only what it may', (name, may) => {
  const text = readFileSync(new URL(`${name}.ts`, source), 'utf8')
  expect(
    runTimeImports(text).filter(
      (from) => !may.some((word) => from === word || (word === 'node:' && from.startsWith(word))),
    ),
  ).toEqual([])
})

test.each(adapters)('the adapter %s imports types only', (name) => {
  expect(
    runTimeImports(readFileSync(new URL(`../../${name}/src/index.ts`, import.meta.url), 'utf8')),
  ).toEqual([])
})

function runTimeImports(text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(?!type\b)([^'"]*?)\s*from\s+'([^']+)'|import\('([^']+)'\)/gm,
  )
  return [...statements]
    .filter(([, names]) => !names || !/^\{(?:\s*type \w+,?)+\s*\}$/.test(names))
    .map(([, , from, dynamic]) => (from ?? dynamic ?? '').replace(/^\.\/(.*)\.ts$/, '$1'))
}
