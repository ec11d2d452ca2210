import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { newest } from './cli.ts'
import { type Folder, project } from './project.ts'

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))
const bin = (name: string) => join(modules, '.bin', name)
const node = process.execPath

/** A program that runs the scripts of a package.json. */
export interface Runner {
  readonly name: string
  readonly words: (script: string) => readonly string[]
  /** More than every package.json has. */
  readonly manifest?: object
  readonly files?: Readonly<Record<string, string>>
  /** What must be done once before it runs a script. */
  readonly setUp?: readonly string[]
  /** Has the script the terminal that the runner has? */
  readonly terminal: boolean
  /** Its exit code after a script that ends with 6. */
  readonly failed: number
  /** Its exit code after a Ctrl-C; -2: it ends by the signal itself, which a shell tells as 130. */
  readonly interrupted: number
}

const berry = [node, join(modules, '@yarnpkg/cli-dist/bin/yarn.js')]

export const runners: readonly Runner[] = [
  { name: 'npm', words: (script) => ['npm', 'run', script], terminal: true, failed: 6, interrupted: -2 },
  {
    name: 'pnpm',
    // where install scripts are off it is a file that only a shell takes for a program
    words: (script) => ['sh', '-c', 'exec "$0" "$@"', bin('pnpm'), 'run', script],
    terminal: true,
    failed: 6,
    interrupted: -2,
  },
  {
    name: 'yarn 4',
    words: (script) => [...berry, 'run', script],
    // it runs what a dependency brings, not what is in node_modules/.bin
    manifest: { dependencies: { devlaunch: 'portal:./tools/devlaunch' } },
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\nenableNetwork: false\n' },
    setUp: [...berry, 'install'],
    terminal: true,
    failed: 6,
    interrupted: 130,
  },
  {
    name: 'yarn 1',
    words: (script) => [node, join(modules, 'yarn/bin/yarn.js'), 'run', script],
    terminal: true,
    failed: 6,
    interrupted: -2,
  },
  {
    name: 'bun',
    words: (script) => [bin('bun'), 'run', script],
    terminal: true,
    failed: 6,
    interrupted: 130,
  },
  {
    name: 'node --run',
    words: (script) => [node, '--run', script],
    terminal: true,
    failed: 1,
    interrupted: -2,
  },
  {
    name: 'turbo',
    words: (script) => [bin('turbo'), 'run', script],
    manifest: { packageManager: 'npm@11.0.0' },
    files: {
      'turbo.json': JSON.stringify({
        tasks: { dev: { cache: false, persistent: true }, broken: { cache: false } },
        globalPassThroughEnv: ['DEVLAUNCH_*', 'NODE_OPTIONS'],
      }),
    },
    terminal: true,
    failed: 6,
    interrupted: 0,
  },
  {
    name: 'concurrently',
    words: (script) => [bin('concurrently'), '--kill-others-on-fail', `npm:${script}`, 'npm:files'],
    terminal: false,
    failed: 1,
    interrupted: 0,
  },
]

/** As a package of npm's brings its command. */
const command = (source: string) => `#!/usr/bin/env node
import(${JSON.stringify(source)})
`

/** A project with its own Python, whose scripts find `devlaunch` as they do in yours. */
export async function scripted(
  { manifest, files, setUp }: Runner,
  scripts: Readonly<Record<string, string>>,
  sources: Readonly<Record<string, string>>,
  env: Environment,
): Promise<Folder> {
  const folder = await project({
    ...sources,
    ...files,
    '.git/HEAD': '',
    'package.json': JSON.stringify({ name: 'shop', private: true, scripts, ...manifest }),
    'package-lock.json': JSON.stringify({ name: 'shop', lockfileVersion: 3, requires: true, packages: {} }),
    'node_modules/.keep': '',
    'tools/devlaunch/package.json': JSON.stringify({
      ...{ name: 'devlaunch', version: '0.1.0', bin: { devlaunch: './devlaunch.cjs' } },
    }),
  })
  await symlink(newest(), join(folder.path, '.venv'))
  const program = join(folder.path, 'tools/devlaunch/devlaunch.cjs')
  await writeFile(program, command(new URL('../../src/bin.ts', import.meta.url).href), { mode: 0o755 })
  await mkdir(join(folder.path, 'node_modules/.bin'))
  await symlink(program, join(folder.path, 'node_modules/.bin/devlaunch'))
  const [file, ...words] = setUp ?? []
  if (file) await execa(file, words, { cwd: folder.path, env, extendEnv: false })
  return folder
}

export type Environment = Readonly<Record<string, string>>

/** A person's, without what started the tests: no virtual environment, no npm around it. */
export function personal(marker: Environment): Environment {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return {
    ...marker,
    PATH: [dirname(node), ...path].join(delimiter),
    HOME: process.env.HOME ?? '/',
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    NODE_OPTIONS: '--conditions=@devlaunch/source',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  }
}
