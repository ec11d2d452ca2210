import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { command } from './cli.ts'

/** A command in a real pseudo-terminal. */
export interface Screen extends AsyncDisposable {
  readonly pid: number
  /** Everything that was shown since the start. */
  readonly text: () => string
  /** Resolves when this has been shown (after `from` characters); rejects after 20 s, with the screen. */
  readonly shows: (pattern: RegExp, from?: number) => Promise<void>
  readonly type: (keys: string) => void
  /** As closing the window. */
  readonly close: () => void
  readonly ended: Promise<unknown>
}

interface Window {
  /** Default 80. */
  readonly columns?: number
  /** A command that runs the whole, terminal included: `ip netns exec`, for example. */
  readonly inside?: readonly string[]
  /** What the arguments are for. Default: the command line from source. */
  readonly program?: readonly string[]
}

export function terminal(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {},
  { columns = 80, inside = [], program = command }: Window = {},
): Screen {
  const bridge = fileURLToPath(new URL('./terminal.py', import.meta.url))
  const [file = '', ...words] = [...inside, 'python3', bridge, `${columns}`, ...program, ...args]
  const process = execa(file, words, {
    cwd,
    // a person's: where CI is set, Node takes a terminal for one without colours
    env: { CI: undefined, TERM: 'xterm-256color', ...env },
    reject: false,
    buffer: false,
    stdin: 'pipe',
  })
  let text = ''
  const watchers = new Set<() => void>()
  process.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    for (const look of watchers) look()
  })
  const shows = (pattern: RegExp, from = 0) =>
    new Promise<void>((resolve, reject) => {
      const done = (end: () => void) => {
        clearTimeout(timer)
        watchers.delete(look)
        end()
      }
      const look = () => pattern.test(text.slice(from)) && done(resolve)
      const timer = setTimeout(
        () => done(() => reject(new Error(`${pattern} was never shown:\n${text}`))),
        20_000,
      )
      watchers.add(look)
      look()
    })
  return {
    pid: process.pid ?? 0,
    text: () => text,
    shows,
    type: (keys) => process.stdin.write(keys),
    close: () => process.stdin.end(),
    ended: process,
    [Symbol.asyncDispose]: async () => {
      process.stdin.end()
      await process
    },
  }
}
