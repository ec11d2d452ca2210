import type { Spinner } from 'yocto-spinner'

/** A line with the elapsed time while a server starts. Shown in a terminal only. */
export interface Waiting {
  /** Clears the line, so that something else can be printed; `ends`: that thing ended with a new line. */
  readonly interrupt: (ends: boolean) => void
  readonly end: () => void
}

export async function startWaiting(what: string): Promise<Waiting> {
  if (!process.stderr.isTTY) return { interrupt: () => {}, end: () => {} }
  const { default: yoctoSpinner } = await import('yocto-spinner')
  const start = performance.now()
  let spinner: Spinner | undefined = yoctoSpinner({ text: what, stream: process.stderr })
  const text = () => `${what} ${((performance.now() - start) / 1000).toFixed(1)} s`
  const timer = setInterval(() => {
    if (spinner) spinner.text = text()
  }, 100)
  spinner.start()
  const end = () => {
    clearInterval(timer)
    spinner?.stop()
    spinner = undefined
  }
  return { interrupt: (ends) => (ends ? spinner?.clear() : end()), end }
}
