import { spawn } from 'node:child_process'

/**
 * Runs a program to its end.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show` hands it our terminal;
 *   otherwise its output is returned
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(file, args, { cwd, env = process.env, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    const forward = show ? forwardSignals(child) : () => {}
    let output = ''
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    const end = (/** @type {number} */ code) => {
      forward()
      resolve({ code, output })
    }
    child.on('error', (error) => {
      output += error.message
      end(127)
    })
    child.on('close', (code, signal) => end(code ?? 128 + (signal === 'SIGINT' ? 2 : 15)))
  })
}

/**
 * A terminal sends Ctrl-C to the child too; whoever signals only us means the child.
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  const handler = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
