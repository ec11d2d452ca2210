import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { DevlaunchError } from '@devlaunch/core'

/**
 * What a devlaunch.config file exports. Node itself loads it, types included, and again when it has changed; what it
 * imports, only once in a process. `name`: what messages call it.
 * @throws DevlaunchError `USAGE` for one that can't be loaded.
 */
export async function importConfig(file: string, name: string): Promise<unknown> {
  const { href } = Object.assign(pathToFileURL(file), { search: `${(await stat(file)).mtimeMs}` })
  const module = await import(href).catch(async (cause: unknown) => {
    throw await explain(cause, { file, href, name })
  })
  if ('default' in module) return module.default
  throw new DevlaunchError('USAGE', `${name}: it has no default export`, {
    hint: 'write: export default defineConfig({ ... })',
  })
}

interface Place {
  readonly file: string
  readonly href: string
  readonly name: string
}

async function explain(cause: unknown, { file, href, name }: Place): Promise<DevlaunchError> {
  if (!(cause instanceof Error)) {
    return new DevlaunchError('USAGE', `${name}: it threw ${String(cause)}`, { cause, hint: 'correct it' })
  }
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && cause.message.includes(file)) {
    return new DevlaunchError('USAGE', `${name}: Node ${process.versions.node} can't read TypeScript`, {
      cause,
      hint: 'use Node 22.18 or newer, or name the servers in package.json or in devlaunch.config.mjs',
    })
  }
  const [first = ''] = cause.message.split(/\n| imported from |\. Expected /)
  if (code === 'ERR_MODULE_NOT_FOUND' && first.endsWith("package 'devlaunch'")) {
    return new DevlaunchError('USAGE', `${name}: devlaunch is not installed where it is imported`, {
      cause,
      hint: 'install it there: npm i -D devlaunch',
    })
  }
  const isModule = /outside a module$|^Unexpected token 'export'$/.test(first) // `npm init` writes that it is none
  if (isModule && /\.[jt]s$/.test(file) && cause.stack?.startsWith(`${file}:`)) {
    return new DevlaunchError('USAGE', `${name}: its package.json says that it is CommonJS`, {
      cause,
      hint: `call it ${basename(file).replace(/(?=.s$)/, 'm')}, or write "type": "module" into that package.json`,
    })
  }
  const line = lineIn(cause.stack ?? '', [href, file]) ?? lineIn(await check(cause, file), [href, file])
  return new DevlaunchError('USAGE', `${name}${line ? `:${line}` : ''}: ${cause.name}: ${first}`, {
    cause,
    hint: `correct ${line ? 'that line' : 'it'}`,
  })
}

/** The line of a syntax error in JavaScript is none of the error's properties: Node prints it, and only when it ends by it. */
async function check(error: Error, file: string): Promise<string> {
  if (error.name !== 'SyntaxError') return ''
  return promisify(execFile)(process.execPath, ['--check', file]).then(
    () => '',
    ({ stderr }) => String(stderr),
  )
}

/** Of the nearest frame in that file; of a syntax error, Node says the line in front of the stack. */
function lineIn(stack: string, names: readonly string[]): string | undefined {
  for (const name of names) {
    const at = stack.indexOf(`${name}:`)
    const [line] = at < 0 ? [] : (/^\d+/.exec(stack.slice(at + name.length + 1)) ?? [])
    if (line !== undefined) return line
  }
  return undefined
}
