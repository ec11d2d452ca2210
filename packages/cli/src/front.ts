import { DevlaunchError, quote } from '@devlaunch/core'
import { type FrontOptions, frontNamed } from '@devlaunch/front'
import type { Arguments } from './args.ts'
import type { Choice } from './choose.ts'

interface Values {
  readonly front?: readonly string[]
  readonly 'front-static'?: readonly string[]
  readonly tls?: string
  readonly cwd?: string
}

/**
 * What the command line says about it: `--front nginx`, or `devlaunch front nginx`.
 * @throws DevlaunchError `USAGE`
 */
export function frontOf(values: Values, words: readonly string[]): Partial<FrontOptions> | undefined {
  const { front = [], 'front-static': statics = [], tls, cwd } = values
  const [name, second] = words[0] === 'front' ? [words[1] ?? '', ...front] : front
  if (second !== undefined) {
    throw new DevlaunchError('USAGE', `${quote(name ?? '')} and ${quote(second)} can't both stand in front`, {
      hint: 'name one',
    })
  }
  if (name === undefined && tls === undefined && statics.length === 0) return undefined
  return {
    ...(name !== undefined && { front: frontNamed(name).name }),
    statics: Object.fromEntries(statics.map(pair)),
    ...(tls !== undefined && { tls: files(tls) }),
    ...(cwd !== undefined && { cwd }),
  }
}

/**
 * What stands in front of this choice: the command line's wish, over that of a named server's definition.
 * @throws DevlaunchError `USAGE` for a wish about a front where there is none
 */
export function frontFor(
  { name, front: defined }: Pick<Choice, 'front' | 'name'>,
  { front: said }: Pick<Arguments, 'front'>,
): FrontOptions | undefined {
  if (!said) return defined
  const front = said.front ?? defined?.front
  if (!front) {
    const idle = said.tls ? '--tls' : '--front-static'
    throw new DevlaunchError('USAGE', `${idle} needs --front`, { hint: 'add --front nginx' })
  }
  if (name === undefined) return { ...said, front }
  // paths of the command line begin where the user stands, not where the server runs
  return { cwd: '.', ...defined, ...said, front, statics: { ...defined?.statics, ...said.statics } }
}

/** `/static=build/static` */
function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)]
  throw new DevlaunchError('USAGE', `--front-static ${quote(text)} names no path and folder`, {
    hint: 'for example --front-static /static=build/static',
  })
}

/** `cert.pem,key.pem` */
function files(text: string): { certificate: string; key: string } {
  const [certificate, key, more] = text.split(',')
  if (certificate && key && more === undefined) return { certificate, key }
  throw new DevlaunchError('USAGE', `--tls ${quote(text)} doesn't name two files`, {
    hint: 'name the certificate and its key: --tls cert.pem,key.pem',
  })
}
