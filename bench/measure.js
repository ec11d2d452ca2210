/** @param {import('node:child_process').ChildProcess} child */
export async function end(child) {
  if (hasEnded(child)) return
  // an interrupt that meets Python in a destructor is lost
  const again = setInterval(() => child.kill('SIGINT'), 1000)
  child.kill('SIGINT')
  await new Promise((resolve) => child.on('exit', resolve))
  clearInterval(again)
}

/** @param {import('node:child_process').ChildProcess} child */
export function hasEnded({ exitCode, signalCode }) {
  return exitCode !== null || signalCode !== null
}

/** @param {number[]} values */
export function median(values) {
  return percentile(values, 0.5)
}

/** @param {number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN
}
