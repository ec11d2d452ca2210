import { stat } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { DevlaunchError, isProgram, show } from '@devlaunch/core'

/** As a shell would tell them. */
const codes = { missing: 127, unusable: 126 } as const

export interface Unfound {
  readonly code: (typeof codes)[keyof typeof codes]
  readonly error: DevlaunchError
}

/** As npm's scripts have it: what is installed in this folder and in those above it comes first. */
export function searchPath(cwd: string, path = ''): string {
  const folders = [join(cwd, 'node_modules', '.bin')]
  for (let folder = cwd; folder !== dirname(folder); folder = dirname(folder))
    folders.push(join(dirname(folder), 'node_modules', '.bin'))
  return [...folders, path].filter(Boolean).join(delimiter)
}

/** The program that a word means; a word with a slash is a path. */
export async function findCommand(word: string, path: string, cwd: string): Promise<string | Unfound> {
  if (process.platform === 'win32') return word // execa knows what endings there are
  if (!word) return missing(word) // a variable of a shell's that isn't set
  const places = word.includes('/') ? [''] : path.split(delimiter).filter(Boolean)
  let there: string | undefined
  for (const place of places) {
    const file = resolve(cwd, place, word)
    if (await isProgram(file)) return file
    if (await stat(file).catch(() => undefined)) there ??= file
  }
  return there ? cannotRun(there, 'it is not executable') : missing(word)
}

export function cannotRun(file: string, reason: string): Unfound {
  const hint =
    'try it by itself; a script has to be executable, and its first line has to name what runs it (#!)'
  return {
    code: codes.unusable,
    error: new DevlaunchError('USAGE', `${show(file)} can't be run: ${reason}`, { hint }),
  }
}

function missing(word: string): Unfound {
  const what = word.includes('/') ? 'there is no file' : 'there is no command'
  const hint = word.includes(' ')
    ? 'leave out the quotes: the command and each argument is a word of its own behind --'
    : 'check the name; a command is looked for in node_modules/.bin and on the PATH'
  return {
    code: codes.missing,
    error: new DevlaunchError('USAGE', `${what} ${show(word) || '""'}`, { hint }),
  }
}
