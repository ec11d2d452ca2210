import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const question =
  'import sys; v = sys.version_info; sys.implementation.name == "cpython" and v >= (3, 9) and print(sys.executable, "%d.%d" % v[:2], sep="\\n")'

/** One CPython of each version that we support and this machine has, oldest first. */
export function pythons(): readonly { readonly file: string; readonly version: string }[] {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  const installed = existsSync(pyenv) ? readdirSync(pyenv).map((name) => join(pyenv, name, 'bin/python')) : []
  const minors = Array.from({ length: 6 }, (_, index) => `python3.${index + 9}`)
  const found = new Map<string, string>()
  for (const candidate of ['python3', ...minors, ...installed]) {
    const [file, version] = ask(candidate)
    if (file && version && !found.has(version)) found.set(version, file)
  }
  if (found.size === 0) throw new Error('the tests need CPython 3.9 or newer, and none was found')
  return [...found]
    .map(([version, file]) => ({ file, version }))
    .sort((a, b) => Number(a.version.slice(2)) - Number(b.version.slice(2)))
}

function ask(candidate: string): string[] {
  try {
    const options = { timeout: 10_000, stdio: 'pipe' } as const
    return String(execFileSync(candidate, ['-I', '-S', '-c', question], options))
      .trim()
      .split(/\r?\n/)
  } catch {
    return []
  }
}
