import { execFileSync } from 'node:child_process'
import { availableParallelism, release } from 'node:os'
import { join } from 'node:path'
import { servers } from '../packages/testkit/src/servers.ts'
import { fixtures } from './fixtures.ts'

/** Where the figures come from, as a sentence for each environment. */
export function machine(): string {
  const lines = servers().map(
    ({ age, python }) => `- ${age} servers: ${releases(join(python, 'bin/python'))}`,
  )
  return [`Linux ${release()}, ${availableParallelism()} cores, Node ${process.version}.`, '', ...lines].join(
    '\n',
  )
}

const script = `
import importlib.metadata, platform, sys
names = ["Python " + platform.python_version()]
print(", ".join(names + [name + " " + importlib.metadata.version(name) for name in sys.argv[1:]]))
`

function releases(python: string): string {
  const packages = fixtures.flatMap(({ adapter }) => adapter.package?.distribution ?? [])
  return execFileSync(python, ['-I', '-c', script, ...packages], { encoding: 'utf8' }).trim()
}
