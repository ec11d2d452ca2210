import type { Release } from './adapter.ts'

/** A version to compare with; parts that aren't numbers (`1.0rc1`) count by their leading digits. */
export function release(version: string | undefined): Release {
  return { version, atLeast: (wanted) => version === undefined || compare(version, wanted) >= 0 }
}

function compare(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)]
  const different = [...left, ...right].findIndex((_, index) => (left[index] ?? 0) !== (right[index] ?? 0))
  return different < 0 ? 0 : (left[different] ?? 0) - (right[different] ?? 0)
}

function numbers(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0)
}
