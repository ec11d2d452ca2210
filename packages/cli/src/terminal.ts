import { PassThrough } from 'node:stream'
import { statOf, type Terminal } from '@devlaunch/core'
import { type Command, nothingTyped, readKeys } from './keys.ts'

/** The user's terminal, lent to the server: every key goes there, but for those that mean the job as a whole, or us. */
export interface LentTerminal extends Terminal {
  readonly input: PassThrough
  /** Starts to read single keys. Not before the guard has seen the settings that it restores if we are killed. */
  readonly take: () => void
  readonly giveBack: () => void
  readonly onOrder: (obey: (order: Command | 'unknown') => void) => void
  readonly onResize: (resize: (terminal: Terminal) => void) => void
}

/** `undefined` where there is no terminal to lend, or it isn't ours now. */
export function lendTerminal(): LentTerminal | undefined {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY || !inForeground()) return undefined
  const input = new PassThrough()
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 })
  let typed = nothingTyped
  let obey: (order: Command | 'unknown') => void = () => {}
  const onData = (keys: Buffer) => {
    const reading = readKeys(keys.toString('latin1'), typed)
    typed = reading.typed
    for (const order of reading.orders) {
      if (order === 'interrupt') process.kill(0, 'SIGINT')
      else if (order === 'suspend') suspend()
      else obey(order)
    }
    input.write(Buffer.from(reading.send, 'latin1'))
  }
  let taken = false
  const take = () => {
    if (taken) return // another try at another port
    taken = true
    process.once('exit', giveBack)
    stdin.setRawMode(true)
    stdin.on('data', onData)
    stdin.on('error', () => {}) // EIO: the window is gone, and SIGHUP tells
    stdin.resume()
  }
  const giveBack = () => {
    taken = false
    process.off('exit', giveBack)
    stdin.off('data', onData)
    stdin.pause()
    if (!inForeground()) return // the script runner has gone, and the shell has taken its terminal back
    stdin.setRawMode(false)
    stdout.write('\x1b[m') // a server may end in the middle of a colour
  }
  const resume = () => {
    if (!inForeground()) return // `bg`: the terminal stays the shell's until `fg`
    process.off('SIGCONT', resume)
    take()
  }
  const suspend = () => {
    giveBack()
    process.on('SIGCONT', resume)
    process.kill(0, 'SIGTSTP')
  }
  return {
    ...size(),
    ...{ input, take, giveBack },
    onOrder: (listener) => {
      obey = listener
    },
    onResize: (resize) => stdout.on('resize', () => resize(size())),
  }
}

/** A background job that touches the terminal is stopped by it (SIGTTOU). */
export function inForeground(): boolean {
  if (process.platform !== 'linux') return true
  const [, , group, , , foreground] = statOf('self') ?? []
  return group === foreground
}
