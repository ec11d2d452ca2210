import { readFile } from 'node:fs/promises'
import { basename, relative } from 'node:path'
import { DevlaunchError, here, show } from '@devlaunch/core'
import { codeLines } from './code-lines.ts'
import { importConfig } from './import-config.ts'
import { isObject } from './is-object.ts'
import { jsonLines } from './json-lines.ts'

/** What a file says of servers, before anybody has looked whether it makes sense. */
export interface Source {
  readonly file: string
  readonly value: unknown
  /** `package.json:14: devlaunch.api.port`, without a line where it isn't known. */
  readonly at: (...path: readonly PropertyKey[]) => string
}

/** @throws DevlaunchError `USAGE` for a file that can't be read or loaded. */
export async function readConfig(file: string): Promise<Source> {
  return basename(file) === 'package.json' ? readManifest(file) : readCode(file)
}

async function readManifest(file: string): Promise<Source> {
  const text = (await readText(file)).replace(/^\uFEFF/, '')
  const { mistakes, lineOf } = jsonLines(text)
  const [mistake] = mistakes
  if (mistake) {
    throw new DevlaunchError('USAGE', `${shortName(file)}:${mistake.line}: ${mistake.what}`, {
      hint: 'correct the JSON there',
    })
  }
  const manifest: unknown = JSON.parse(text)
  if (!isObject(manifest)) throw noObject(shortName(file))
  if (manifest.scripts !== undefined && !isObject(manifest.scripts)) {
    throw noObject(`${shortName(file)}:${lineOf(['scripts'])}: scripts`)
  }
  return { file, value: manifest.devlaunch, at: placer(file, ['devlaunch'], lineOf) }
}

function noObject(what: string): DevlaunchError {
  return new DevlaunchError('USAGE', `${what} is not an object`, { hint: 'write it in braces: { ... }' })
}

async function readCode(file: string): Promise<Source> {
  const lineOf = codeLines(await readText(file))
  return { file, value: await importConfig(file, shortName(file)), at: placer(file, [], lineOf) }
}

function placer(
  file: string,
  prefix: readonly string[],
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): Source['at'] {
  return (...keys) => {
    const path = [...prefix, ...keys]
    const line = lineOf(path)
    const place = line === undefined ? shortName(file) : `${shortName(file)}:${line}`
    return path.length > 0 ? `${place}: ${show(path.join('.'))}` : place
  }
}

/** As one would type it where one stands. */
export function shortName(file: string): string {
  return show(relative(here().cwd, file))
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw new DevlaunchError('USAGE', `${show(file)} can't be read: ${cause.code}`, {
      cause,
      hint: 'ask its owner for the right to read it',
    })
  })
}
