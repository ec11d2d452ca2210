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
function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN
}

/** The median, and the 10th to the 90th percentile. @param {number[]} values */
export function spread(values, digits = 0) {
  const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => percentile(values, share).toFixed(digits))
  return `${middle?.padStart(4)} (${low} to ${high})`.padEnd(18)
}
