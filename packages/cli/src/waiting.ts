import { styleText } from 'node:util'
import { ourLine } from './mark.ts'

/** A line with the elapsed time while a server starts. Shown in a terminal only. */
export interface Waiting {
  /** Clears the line, so that something else can be printed; `ends`: that thing ends with a new line. */
  readonly interrupt: (ends: boolean) => void
  readonly end: () => void
}

const frames = ['|', '/', '-', '\\']
const clear = '\r\x1b[K'

export function startWaiting(what: string): Waiting {
  const { stderr } = process
  if (!stderr.isTTY) return { interrupt: () => {}, end: () => {} }
  const start = performance.now()
  let shown = false
  const show = () => {
    const seconds = (performance.now() - start) / 1000
    const frame = styleText('cyan', frames[Math.floor(seconds * 10) % frames.length] ?? '', {
      stream: stderr,
    })
    stderr.write(clear + ourLine(`${frame} ${what} ${seconds.toFixed(1)} s`, stderr))
    shown = true
  }
  const hide = () => {
    if (shown) stderr.write(clear)
    shown = false
  }
  const timer = setInterval(show, 100)
  const end = () => {
    clearInterval(timer)
    hide()
  }
  // behind half a line there is no place for ours
  return { interrupt: (ends) => (ends ? hide() : end()), end }
}
