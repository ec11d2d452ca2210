import { basename } from 'node:path'

/** A process that has started us, or has started one that did. */
export interface Ancestor {
  readonly pid: number
  /** When it was started; told apart by this from a later one with the same pid. */
  readonly started: string
  /** Its command line. */
  readonly words: readonly string[]
}

/**
 * Those of our ancestors (the nearest first) that make us part of a script: up to the outermost script runner, through
 * other runners and the shells that they start. Whoever comes after that means something else with us: an interactive
 * shell may end while `nohup npm run dev &` goes on.
 */
export function scriptOf(ancestors: readonly Ancestor[]): readonly Ancestor[] {
  const end = ancestors.findIndex(({ words }) => !isRunner(words) && !isScript(words))
  const chain = end < 0 ? ancestors : ancestors.slice(0, end)
  return chain.slice(0, chain.findLastIndex(({ words }) => isRunner(words)) + 1)
}

/** What a person knows it by: `npm run dev`. */
export function nameOf({ words }: Ancestor): string {
  const [program = '', script = '', ...rest] = split(words)
  const name =
    isInterpreter(program) && !script.startsWith('-') ? [script, ...rest] : [program, script, ...rest]
  return [bare(name[0] ?? ''), ...name.slice(1)].join(' ').slice(0, 60).trimEnd()
}

const runners: ReadonlySet<string> = new Set([
  ...['npm', 'npx', 'npm-cli', 'npx-cli', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'bun', 'bunx', 'corepack'],
  ...[
    'turbo',
    'nx',
    'lerna',
    'rush',
    'wireit',
    'concurrently',
    'conc',
    'npm-run-all',
    'run-p',
    'run-s',
    'nf',
  ],
  ...['npm-run-all2', 'foreman', 'start-server-and-test', 'start-test', 'playwright', '@playwright/test'],
  ...['cross-env', 'cross-env-shell', 'dotenv', 'dotenv-cli', 'env-cmd'], // they stay in between
])

function isRunner(all: readonly string[]): boolean {
  const [program = '', ...words] = split(all)
  if (runners.has(bare(program))) return true
  if (!isInterpreter(program)) return false
  if (words.some((word) => /^--run(?:=|$)/.test(word))) return true // Node's own: node --run dev
  const script = words.find((word) => !word.startsWith('-')) ?? ''
  return [bare(script), packageOf(script)].some((name) => runners.has(name))
}

/** A shell that has something to run; one without reads what somebody types. */
function isScript(all: readonly string[]): boolean {
  const [program = '', ...words] = all
  if (!/^-?(?:ba|da|a|k|z|mk|fi)?sh$/.test(bare(program)) && bare(program) !== 'busybox') return false
  return words.some((word) => /^-[a-z]*c$/i.test(word) || !word.startsWith('-'))
}

function isInterpreter(program: string): boolean {
  return /^(?:node|nodejs|deno)$/.test(bare(program))
}

/** npm makes its title of its command line, all in the first word. */
function split(words: readonly string[]): readonly string[] {
  return words.length === 1 ? (words[0] ?? '').split(' ') : words
}

/** Without folder, version and ending: `.yarn/releases/yarn-4.9.1.cjs` is `yarn`. */
function bare(file: string): string {
  return basename(file)
    .replace(/\.(?:[cm]?js|exe|cmd)$/i, '')
    .replace(/-\d+(?:\.\d+)+.*$/, '')
}

/** The package that a script is of: `.../node_modules/@playwright/test/cli.js` */
function packageOf(script: string): string {
  return /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(script)?.[1]?.replace('\\', '/') ?? ''
}
