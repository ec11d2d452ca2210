import { type AnyAdapter, findTarget } from '@devlaunch/core'
import type { Project } from './project.ts'

/** A server that a project seems to want. */
export interface Match {
  readonly adapter: AnyAdapter
  /** As one would type it; `undefined` where the server finds it by itself. */
  readonly target: string | undefined
  /** What showed it. */
  readonly evidence: string
}

/**
 * Every match of the strongest evidence there is, in the order of the adapters: a file or setting that belongs to one
 * server only, then a framework in a source, then a framework among the dependencies, then any WSGI app. Of two servers
 * for the same app, the first.
 */
export async function detect(adapters: readonly AnyAdapter[], project: Project): Promise<readonly Match[]> {
  const matches = await strongest(adapters, project)
  const first = ({ target }: Match) => matches.find((match) => match.target === target)
  return matches.filter((match) => match.target === undefined || match === first(match))
}

async function strongest(adapters: readonly AnyAdapter[], project: Project): Promise<readonly Match[]> {
  const files = await Promise.all(adapters.map((adapter) => byFile(adapter, project)))
  const certain = [...files.flat(), ...adapters.flatMap((adapter) => bySetting(adapter, project))]
  if (certain.length > 0) return certain
  const sources = adapters
    .filter(({ detect }) => detect?.needs?.some((name) => project.dependencies.has(name)) ?? true)
    .flatMap((adapter) => bySource(adapter, adapter.detect?.source, project))
  const frameworks = sources.filter(({ adapter }) => adapter.package)
  if (frameworks.length > 0) return frameworks
  const needed = adapters.flatMap((adapter) => byDependency(adapter, project))
  return needed.length > 0 ? needed : sources
}

async function byFile(adapter: AnyAdapter, { cwd }: Project): Promise<Match[]> {
  const file = adapter.detect?.file
  if (!file || adapter.target.kind !== 'file') return []
  const place = await findTarget(adapter, undefined, cwd, process.env).catch(() => undefined)
  return place?.target ? [{ adapter, target: undefined, evidence: place.target }] : []
}

function bySetting(adapter: AnyAdapter, { pyproject }: Project): Match[] {
  const target = adapter.detect?.setting?.exec(pyproject)?.[1]
  return target ? [{ adapter, target, evidence: 'pyproject.toml' }] : []
}

function byDependency(adapter: AnyAdapter, project: Project): Match[] {
  const wanted = adapter.detect?.dependency
  const name = wanted?.names.find((name) => project.dependencies.has(name))
  const matches = name ? bySource(adapter, wanted?.source, project) : []
  return matches.map((match) => ({ ...match, evidence: `${match.evidence}, and ${name} is needed` }))
}

function bySource(adapter: AnyAdapter, pattern: RegExp | undefined, { sources }: Project): Match[] {
  if (!pattern) return []
  return [...sources].flatMap(([module, { file, text }]) => {
    const match = pattern.exec(text)
    const factory = match?.groups?.factory
    const name = factory ? `${factory}()` : match?.[1]
    return name ? [{ adapter, target: `${module}:${name}`, evidence: file }] : []
  })
}
