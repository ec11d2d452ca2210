import { styleText } from 'node:util'

/** What a stream can show. */
export interface Look {
  /** Of a terminal; `undefined`: nobody folds its lines. */
  readonly columns: number | undefined
  readonly colours: boolean
  /** Characters beyond ASCII. */
  readonly unicode: boolean
}

export function lookOf(stream: NodeJS.WriteStream, env = process.env): Look {
  return {
    columns: stream.isTTY ? stream.columns || 80 : undefined,
    // styleText's own answer: NO_COLOR, FORCE_COLOR, TERM=dumb
    colours: styleText('red', '.', { stream }) !== '.',
    unicode: showsUnicode(stream, env),
  }
}

/**
 * By the first variable that is set, as setlocale(3) reads them. None is set in a container and behind many an SSH,
 * where the terminal is one of today. The Linux console is no exception: its fonts have the blocks.
 */
export function showsUnicode({ isTTY }: { readonly isTTY?: boolean }, env = process.env): boolean {
  // a file is read as UTF-8, and Node writes UTF-16 to a console of Windows
  if (!isTTY || process.platform === 'win32') return true
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  return !locale || /utf-?8/i.test(locale)
}
