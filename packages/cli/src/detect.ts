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

/** Every match, in the order of the adapters. A file that belongs to one server only outweighs all sources. */
export async function detect(adapters: readonly AnyAdapter[], project: Project): Promise<readonly Match[]> {
  const files = await Promise.all(adapters.map((adapter) => byFile(adapter, project)))
  const certain = files.flat()
  return certain.length > 0 ? certain : adapters.flatMap((adapter) => bySource(adapter, project))
}

async function byFile(adapter: AnyAdapter, { cwd }: Project): Promise<Match[]> {
  const file = adapter.detect?.file
  if (!file || adapter.target.kind !== 'file') return []
  const place = await findTarget(adapter, undefined, cwd, process.env).catch(() => undefined)
  return place?.target ? [{ adapter, target: undefined, evidence: place.target }] : []
}

function bySource(adapter: AnyAdapter, { sources }: Project): Match[] {
  const pattern = adapter.detect?.source
  if (!pattern) return []
  return [...sources].flatMap(([module, text]) => {
    const name = pattern.exec(text)?.[1]
    const evidence = `${module.replaceAll('.', '/')}.py`
    return name ? [{ adapter, target: `${module}:${name}`, evidence }] : []
  })
}
