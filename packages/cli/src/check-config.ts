import { DevlaunchError, quote } from '@devlaunch/core'
import * as v from 'valibot'
import { adapters } from './adapters.ts'
import { commands } from './commands.ts'
import { contradictions, type Mistake } from './contradictions.ts'
import type { Config } from './definition.ts'
import { isObject } from './is-object.ts'
import { meant } from './meant.ts'
import type { Source } from './read-config.ts'
import { definition, keysOf } from './schema.ts'

/**
 * The servers that a file names, each of them as it may be.
 * @throws DevlaunchError `USAGE`, with the file and the line of each mistake.
 */
export function checkConfig({ value, at }: Source): Config {
  if (!isObject(value)) {
    throw new DevlaunchError('USAGE', `${at()}: ${shown(value)} names no servers`, {
      hint: 'write { "api": { "server": "flask" } }',
    })
  }
  const all = Object.entries(value)
  const mistakes = all.flatMap(([name, each]) => [...checkName(name), ...checkDefinition(name, each)])
  const config = value as Config
  const [first, ...others] = mistakes.length > 0 ? mistakes : contradictions(config, at)
  if (!first) return config
  const line = ({ path, what }: Mistake) => `${at(...path)}: ${what}`
  throw new DevlaunchError('USAGE', line(first), {
    ...(others.length > 0 && { output: ['also:', ...others.map((each) => `  ${line(each)}`)].join('\n') }),
    hint: first.hint,
  })
}

/** It becomes a word of the command line, and a part of a variable's name. */
function checkName(name: string): Mistake[] {
  if (!/^[A-Za-z][\w-]*$/.test(name)) {
    const hint = 'begin with a letter; letters, digits, - and _ follow'
    return [{ path: [name], what: `${quote(name)} is no name for a server`, hint }]
  }
  const owner = adapters.some((each) => each.name === name)
    ? 'a server of devlaunch'
    : commands.includes(name) && 'a command of devlaunch'
  if (!owner) return []
  const hint = `choose another name, for example "my-${name}"`
  return [{ path: [name], what: `${quote(name)} is the name of ${owner}`, hint }]
}

function checkDefinition(name: string, value: unknown): Mistake[] {
  const { issues = [] } = v.safeParse(definition, value)
  return issues.map((issue) => explain(issue, name, value))
}

function explain(issue: v.BaseIssue<unknown>, name: string, value: unknown): Mistake {
  const path = [name, ...(issue.path ?? []).map(({ key }) => key as PropertyKey)]
  const { input, type, expected } = issue
  const server = isObject(value) ? value.server : undefined
  if (type === 'variant') {
    const names = adapters.map((each) => each.name)
    const hint = oneOf(input, names)
    if (path.length === 1)
      return { path, what: `${shown(input)} describes no server`, hint: 'write { "server": "flask" }' }
    if (server === undefined) return { path: [name], what: 'it has no "server"', hint }
    return { path, what: `${shown(input)} is no server`, hint }
  }
  if (type === 'strict_object' && expected !== 'Object') {
    const isInner = path.length > 2 // of `tls`
    const owner = isInner ? 'it' : server
    const key = path.at(-1)
    if (expected !== 'never') {
      const hint = isInner ? `add ${expected}` : `add ${expected}: ${exampleOf(server)}`
      return { path: path.slice(0, -1), what: `${owner} needs ${expected}`, hint }
    }
    const keys = isInner ? ['certificate', 'key'] : keysOf(server)
    return { path, what: `${owner} has no such option`, hint: oneOf(key, keys) }
  }
  const [is, hint = ''] = issue.message.split('\n')
  return { path, what: `${shown(input)} is not ${is}`, hint }
}

/** What a server serves, as it is written down. */
function exampleOf(server: unknown): string {
  const { kind, example } = adapters.find(({ name }) => name === server)?.target ?? {}
  return JSON.stringify(kind === 'command' ? example?.split(' ').slice(1) : example)
}

function oneOf(word: unknown, names: readonly string[]): string {
  const near = typeof word === 'string' && meant(word, names)
  return `${near ? `did you mean "${near}"? ` : ''}one of: ${names.join(', ')}`
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? 'a list' : 'an empty list'
  return value === null || typeof value === 'boolean' ? String(value) : quote(value)
}
