import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import type { Terminal } from '@devlaunch/core'

const ctrlC = '\x03'
const ctrlZ = '\x1a'

/** The user's terminal, lent to the server: every key goes there, but for the two that mean the job as a whole. */
export interface LentTerminal extends Terminal {
  readonly input: PassThrough
  /** Starts to read single keys. Not before the guard has seen the settings that it restores if we are killed. */
  readonly take: () => void
  readonly giveBack: () => void
  readonly onResize: (resize: (terminal: Terminal) => void) => void
}

/** `undefined` where there is no terminal to lend, or it isn't ours now. */
export function lendTerminal(): LentTerminal | undefined {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY || !inForeground()) return undefined
  const input = new PassThrough()
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 })
  const onData = (keys: Buffer) => {
    let rest = ''
    for (const key of keys.toString('latin1')) {
      // As in a terminal's usual mode: everybody in the foreground hears of it, npm and turbo included
      if (key === ctrlC) process.kill(0, 'SIGINT')
      else if (key === ctrlZ) suspend()
      else rest += key
    }
    input.write(Buffer.from(rest, 'latin1'))
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
    stdin.setRawMode(false)
    stdin.pause()
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
  return { ...size(), input, take, giveBack, onResize: (resize) => stdout.on('resize', () => resize(size())) }
}

/** A background job that touches the terminal is stopped by it (SIGTTOU). */
function inForeground(): boolean {
  if (process.platform !== 'linux') return true
  // the fields behind the command's closing parenthesis: state ppid pgrp session tty_nr tpgid
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return fields[2] === fields[5]
}
