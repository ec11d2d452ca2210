import type { AnyAdapter } from './adapter.ts'
import { candidates, type Search } from './candidates.ts'
import { DevlaunchError } from './errors.ts'
import { installation } from './installation.ts'
import { type Candidate, type Interpreter, judge, type Rejected } from './interpreter.ts'
import { findProgram } from './program.ts'
import { show } from './quote.ts'

/**
 * The interpreter that runs this server here, or that its program goes with.
 * @throws DevlaunchError `PYTHON_NOT_FOUND`, or `SERVER_NOT_FOUND` where there is a Python without the server.
 */
export async function choosePython(
  adapter: Pick<AnyAdapter, 'name' | 'package' | 'program'>,
  search: Search,
): Promise<Interpreter> {
  const { name, package: wanted, program } = adapter
  const rejected: Rejected[] = []
  for await (const candidate of once(candidates(search))) {
    search.signal?.throwIfAborted()
    const judged = await judge(candidate, wanted, { signal: search.signal, timeout: search.timeout })
    if (!('rejected' in judged)) return program && !wanted ? { ...judged, release: undefined } : judged
    rejected.push(judged)
  }
  if (program && wanted) return choosePython({ name, program }, search) // the system's own may have no package
  throw await notFound(adapter, search, rejected)
}

/** Every candidate, judged: what `devlaunch which` prints. */
export async function listPythons(
  adapter: Pick<AnyAdapter, 'package' | 'program'> | undefined,
  search: Search,
): Promise<(Interpreter | Rejected)[]> {
  const all: (Interpreter | Rejected)[] = []
  for await (const candidate of once(candidates(search))) {
    all.push(await judge(candidate, adapter?.package, { signal: search.signal, timeout: search.timeout }))
  }
  if (!adapter?.package || !adapter.program || all.some((each) => !('rejected' in each))) return all
  const others = await listPythons(undefined, search) // the system's own program may have no package
  const goWith = others.map(async (python, index) => {
    if ('rejected' in python) return python
    const program = await findProgram(adapter, {}, { ...search, python }).catch(() => undefined)
    return program ? { ...python, release: undefined } : (all[index] ?? python)
  })
  return Promise.all(goWith)
}

async function* once(all: AsyncIterable<Candidate>): AsyncGenerator<Candidate> {
  const seen = new Set<string>()
  for await (const candidate of all) {
    if (!seen.has(candidate.path)) yield candidate
    seen.add(candidate.path)
  }
}

async function notFound(
  adapter: Pick<AnyAdapter, 'name' | 'package'>,
  search: Search,
  rejected: readonly Rejected[],
): Promise<DevlaunchError> {
  const list = rejected.map(({ path, why, rejected }) => `  ${show(path)} (${why}): ${rejected}`).join('\n')
  const distribution = adapter.package?.distribution
  const without = distribution && rejected.find((each) => each.rejected.startsWith(distribution))
  if (without) {
    return new DevlaunchError(
      'SERVER_NOT_FOUND',
      search.python
        ? `${distribution} is not installed in ${without.path}`
        : `${distribution} is not installed in any Python of this project`,
      {
        output: list,
        hint: await installation(distribution, without.path, search),
      },
    )
  }
  return new DevlaunchError('PYTHON_NOT_FOUND', 'no Python 3.9 or newer was found', {
    ...(list && { output: list }),
    hint: search.python
      ? 'name another one with --python'
      : 'install Python from python.org or your system, or name one with --python',
  })
}
