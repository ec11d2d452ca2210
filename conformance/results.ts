import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './campaign.ts'

/** Of a campaign, kept so that one document can be made of several runs. */
export interface Result {
  readonly name: string
  readonly date: string
  readonly rows: readonly Row[]
}

const folder = join(import.meta.dirname, '.results')

export function keep(result: Result): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileOf(result.name), `${JSON.stringify(result, null, 2)}\n`)
}

export function recall(name: string): Result | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(name), 'utf8'))
  } catch {
    return undefined // it has not been run
  }
}

export function forget(name: string): void {
  rmSync(fileOf(name), { force: true })
}

function fileOf(name: string): string {
  return join(folder, `${name}.json`)
}
