import { resolve } from 'node:path'
import { type AnyAdapter, DevlaunchError, quote, show } from '@devlaunch/core'
import { adapters } from './adapters.ts'
import { detect, type Match } from './detect.ts'
import { readProject } from './project.ts'

export interface Choice {
  readonly adapter: AnyAdapter
  readonly target: string | undefined
}

/**
 * The server that the words name, or that the project shows.
 * @throws DevlaunchError `USAGE` where nothing fits, or several do.
 */
export async function choose(words: readonly string[], cwd: string | undefined): Promise<Choice> {
  const [name, target, extra] = words
  if (extra !== undefined) {
    throw new DevlaunchError('USAGE', `unexpected ${quote(extra)}`, {
      hint: "quote a path with spaces; the server's own arguments go behind --",
    })
  }
  const adapter = name === undefined ? undefined : named(name)
  if (adapter?.target.kind === 'command') return command(adapter, target)
  if (adapter && (target !== undefined || !adapter.target.required)) return { adapter, target }
  const project = await readProject(resolve(cwd ?? '.'))
  const matches = await detect(adapter ? [adapter] : adapters, project)
  if (matches.length === 1 && matches[0]) return matches[0]
  throw matches.length === 0 ? nothing(adapter, project.cwd) : several(matches)
}

/** It stands behind `--`, and has words of its own. */
function command(adapter: AnyAdapter, target: string | undefined): Choice {
  if (target === undefined) return { adapter, target }
  throw new DevlaunchError('USAGE', `unexpected ${quote(target)}`, {
    hint: `put the command behind --, for example: devlaunch ${adapter.name} ${adapter.target.example}`,
  })
}

/** @throws DevlaunchError `USAGE` */
export function named(name: string): AnyAdapter {
  const adapter = adapters.find((adapter) => adapter.name === name)
  if (adapter) return adapter
  const names = adapters.map(({ name }) => name)
  const meant = names.find((each) => (name && each.startsWith(name)) || edits(name, each) <= 2)
  throw new DevlaunchError('USAGE', `there is no server ${quote(name)}`, {
    hint: `${meant ? `did you mean "${meant}"? ` : ''}one of: ${names.join(', ')}`,
  })
}

/** How many letters must be added, taken out or replaced to make one word of the other. */
function edits(from: string, to: string): number {
  if (!from || !to) return from.length + to.length
  const rest = [from.slice(1), to.slice(1)] as const
  if (from[0] === to[0]) return edits(...rest)
  if (Math.abs(from.length - to.length) > 2) return 3
  return 1 + Math.min(edits(...rest), edits(rest[0], to), edits(from, rest[1]))
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

function several(matches: readonly Match[]): DevlaunchError {
  const commands = matches.map(({ adapter, target }) =>
    ['devlaunch', adapter.name, target].filter(Boolean).join(' '),
  )
  const width = Math.max(...commands.map((command) => command.length))
  const list = matches.map(({ evidence }, index) => `  ${commands[index]?.padEnd(width)}  ${evidence}`)
  return new DevlaunchError('USAGE', 'several servers fit here', {
    output: list.join('\n'),
    hint: 'pick one of these lines',
  })
}
