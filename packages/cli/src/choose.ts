import { resolve } from 'node:path'
import { type AnyAdapter, DevlaunchError, here, quote, show } from '@devlaunch/core'
import { adapters } from './adapters.ts'
import type { Choice } from './choice.ts'
import { detect, type Match } from './detect.ts'
import { findConfig } from './find-config.ts'
import type { Named } from './named.ts'
import { noServer } from './no-server.ts'
import { readProject } from './project.ts'

export type { Choice } from './choice.ts'

/**
 * The server that the words name, or that the project names or shows.
 * @throws DevlaunchError `USAGE` where nothing fits, or several do.
 */
export async function choose(words: readonly string[], cwd: string | undefined): Promise<Choice> {
  const [name, target, extra] = words
  if (extra !== undefined) {
    throw new DevlaunchError('USAGE', `unexpected ${quote(extra)}`, {
      hint: "quote a path with spaces; the server's own arguments go behind --",
    })
  }
  const adapter = adapters.find((each) => each.name === name)
  const own = adapter ? [] : await namedServers(cwd)
  if (name !== undefined && !adapter) return chooseNamed(own, name, target)
  if (own.length === 1 && own[0]) return own[0].choose()
  if (own.length > 1) throw several(own.map(({ name, place }) => [name, place]))
  if (adapter?.target.kind === 'command') return command(adapter, target)
  if (adapter && (target !== undefined || !adapter.target.required)) return { adapter, target }
  const project = await readProject(resolve(cwd ?? '.'))
  const matches = await detect(adapter ? [adapter] : adapters, project)
  if (matches.length === 1 && matches[0]) return matches[0]
  throw matches.length === 0 ? nothing(adapter, project.cwd) : several(matches.map(wordsOf))
}

/** It stands behind `--`, and has words of its own. */
function command(adapter: AnyAdapter, target: string | undefined): Choice {
  if (target === undefined) return { adapter, target }
  throw new DevlaunchError('USAGE', `unexpected ${quote(target)}`, {
    hint: `put the command behind --, for example: devlaunch ${adapter.name} ${adapter.target.example}`,
  })
}

/** Those that the project has named. Nothing that reads them is loaded where there are none. */
async function namedServers(cwd: string | undefined): Promise<readonly Named[]> {
  const file = await findConfig(resolve(here().cwd, cwd ?? '.'))
  if (file === undefined) return []
  const { readNamed } = await import('./named.ts')
  return readNamed(file)
}

async function chooseNamed(all: readonly Named[], name: string, target: string | undefined): Promise<Choice> {
  const own = all.find((each) => each.name === name)
  if (!own)
    throw noServer(
      name,
      [...all, ...adapters].map((each) => each.name),
    )
  if (target === undefined) return own.choose()
  throw new DevlaunchError('USAGE', `unexpected ${quote(target)}`, {
    hint: `what ${name} serves stands in ${own.place}; the server's own arguments go behind --`,
  })
}

/**
 * What a name stands for, whether it could be started or not.
 * @throws DevlaunchError `USAGE`
 */
export async function named(name: string, cwd: string | undefined): Promise<Choice> {
  const adapter = adapters.find((each) => each.name === name)
  return adapter ? { adapter, target: undefined } : chooseNamed(await namedServers(cwd), name, undefined)
}

function nothing(adapter: AnyAdapter | undefined, cwd: string): DevlaunchError {
  if (!adapter) {
    return new DevlaunchError('USAGE', `no Python server was recognised in ${show(cwd)}`, {
      hint: 'name one, for example: devlaunch flask app:app',
    })
  }
  return new DevlaunchError(
    'USAGE',
    `${adapter.name} needs to know what to serve, and no app was recognised in ${show(cwd)}`,
    {
      hint: `name it, for example: devlaunch ${adapter.name} ${adapter.target.example}`,
    },
  )
}

function wordsOf({ adapter, target, evidence }: Match): [words: string, evidence: string] {
  return [[adapter.name, target].filter(Boolean).join(' '), evidence]
}

function several(lines: readonly (readonly [words: string, evidence: string])[]): DevlaunchError {
  const width = Math.max(...lines.map(([words]) => words.length))
  const list = lines.map(([words, evidence]) => `  devlaunch ${words.padEnd(width)}  ${evidence}`)
  return new DevlaunchError('USAGE', 'several servers fit here', {
    output: list.join('\n'),
    hint: 'pick one of these lines',
  })
}
