import { execFileSync } from 'node:child_process'
import { availableParallelism, release } from 'node:os'
import { join } from 'node:path'
import { type Age, servers } from '../packages/testkit/src/servers.ts'
import { fixtures, pythonOf } from './fixtures.ts'

/** Where the figures come from, as a sentence for each environment. */
export function machine(): string {
  const lines = servers().map(({ age }) => `- ${age} servers: ${releases(age)}`)
  return [`Linux ${release()}, ${availableParallelism()} cores, Node ${process.version}.`, '', ...lines].join(
    '\n',
  )
}

const script = `
import importlib.metadata, platform, sys
names = ["Python " + platform.python_version()]
print(", ".join(names + [name + " " + importlib.metadata.version(name) for name in sys.argv[1:]]))
`

/** Each Python with the servers that are in it. */
function releases(age: Age): string {
  const found = new Map<string, string[]>()
  for (const fixture of fixtures) {
    const python = pythonOf(fixture, age)
    const packages = found.get(python) ?? []
    found.set(python, packages.concat(fixture.adapter.package?.distribution ?? []))
  }
  const ask = ([python, packages]: [string, string[]]) =>
    execFileSync(join(python, 'bin/python'), ['-I', '-c', script, ...packages], { encoding: 'utf8' }).trim()
  return [...found].map(ask).join('; ')
}
