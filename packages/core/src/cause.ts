import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import type { Socket } from './protocol.ts'
import { readText } from './read.ts'

/** Enough for the sources of an app; a whole tree would take seconds while somebody waits for the message. */
const most = { files: 300, bytes: 256 * 1024 }

/**
 * The likeliest line of the project for a socket that nobody planned: `app.py:12: app.run(host="0.0.0.0")`.
 * A guess from the sources, shown as one.
 */
export function likelyCause(
  cwd: string,
  { address, port }: Pick<Socket, 'address' | 'port'>,
): Promise<string | undefined> {
  return mostSuspicious(cwd, (line) => suspicion(line, address, port))
}

/** The line of a configuration that sends the server to the background: `gunicorn.conf.py:3: daemon = True`. */
export function backgroundCause(cwd: string): Promise<string | undefined> {
  return mostSuspicious(cwd, (line) => (/^\s*daemon(?:ize)?\s*=\s*True\b/.test(line) ? 2 : 0))
}

/** One point is too little: `0.0.0.0` stands in many a comment. */
async function mostSuspicious(cwd: string, score: (line: string) => number): Promise<string | undefined> {
  let best: { points: number; text: string } | undefined
  for (const path of await sources(cwd)) {
    const lines = ((await readText(path)) ?? '').split('\n')
    for (const [index, line] of lines.entries()) {
      const points = score(line)
      if (points > (best?.points ?? 1)) {
        best = { points, text: `${place(cwd, path, index + 1)}: ${shorten(line)}` }
      }
    }
  }
  return best?.text
}

/** The text of a line that is known; empty where it can't be read. */
export async function sourceLine(file: string, line: number): Promise<string> {
  const text = isAbsolute(file) ? ((await readText(file)) ?? '') : ''
  return shorten(text.split('\n')[line - 1] ?? '')
}

/** `app.py:12`, seen from the project where it is of the project. */
export function place(cwd: string, file: string, line: number): string {
  const path = relative(cwd, file)
  return `${isAbsolute(file) && !path.startsWith('..') ? path : file}:${line}`
}

/** Not the project's own: the hook names such a line only if none of the project's was in the stack. */
export function isInstalled(file: string): boolean {
  return file === '' || /[\\/](?:site|dist)-packages[\\/]/.test(file)
}

function shorten(line: string): string {
  return line.trim().slice(0, 160)
}

function suspicion(line: string, address: string, port: number): number {
  if (/^\s*#|127\.0\.0\.1|localhost/.test(line)) return 0
  const opens =
    /\b(?:run|run_simple|bind|listen|serve\w*|make_server|create_server|start_server|\w+Server)\s*\(/
  const wide = /0\.0\.0\.0|["']::["']|\(["']{2}\s*,/.test(line)
  // with its port behind it, in what is rewritten or set: sys.argv, a configuration's bind
  const named = new RegExp(`["']\\[?${address.replaceAll('.', '\\.')}\\]?(?::\\d+)?["']`).test(line)
  const numbered = new RegExp(`\\b${port}\\b`).test(line)
  const evidence = Number(wide) + 2 * Number(named) + 3 * Number(numbered)
  return evidence && evidence + Number(opens.test(line) && !/^\s*(?:async )?def\s/.test(line))
}

async function sources(cwd: string): Promise<string[]> {
  const found: string[] = []
  const pending = [cwd]
  for (let folder = pending.shift(); folder && found.length < most.files; folder = pending.shift()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name)
      if (
        entry.isDirectory() &&
        !/^(?:\.|node_modules$|venv|env$|site-packages$|__pycache__$)/.test(entry.name)
      )
        pending.push(path)
      if (entry.isFile() && entry.name.endsWith('.py')) found.push(path)
    }
  }
  const sizes = await Promise.all(found.map((path) => stat(path).then(({ size }) => size, () => 0))) // biome-ignore format: one thought
  return found.filter((_, index) => (sizes[index] ?? 0) <= most.bytes).slice(0, most.files)
}
