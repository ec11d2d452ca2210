import type { Release } from './adapter.ts'

/** A version to compare with; parts that aren't numbers (`1.0rc1`) count by their leading digits. */
export function release(version: string | undefined): Release {
  return { version, atLeast: (wanted) => version === undefined || compare(version, wanted) >= 0 }
}

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let index = 0; index < Math.max(left!.length, right!.length); index++) {
    const difference = (left![index] ?? 0) - (right![index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
