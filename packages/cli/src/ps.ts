import { homedir } from 'node:os'
import { relative } from 'node:path'
import { type Running, running, show } from '@devlaunch/core'
import { json } from './json.ts'

/** Columns of a line. */
const screen = 80

/** Of the columns that may be wider than their heading. */
const widest = { name: 22, reach: 18 }

/** `devlaunch ps`: what runs on this machine for this user. */
export async function ps(asJson: boolean): Promise<string> {
  const all = await running()
  if (asJson) return `${json(all, 2)}\n`
  return all.length > 0 ? list(all, Date.now()) : 'nothing runs\n'
}

/** A line for each, and what is long below it. */
export function list(all: readonly Running[], now: number): string {
  const rows = all.map((each) => [
    cut(show(each.name), widest.name),
    each.urls.local,
    cut(show(exposure(each)), widest.reach),
    age(now - each.since),
  ])
  const head = ['NAME', 'URL', 'OPEN TO', 'UP']
  const widths = head.map((word, at) => Math.max(...[word, ...rows.map((row) => row[at] ?? '')].map(length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  const below = all.map(({ project, python }) => {
    const [where, what] = [short(project), `Python ${nearer(python, project)}`]
    const both = `${where}, ${what}`
    const lines = length(both) <= screen - 4 ? [both] : [where, what]
    return lines.map((each) => `    ${fit(each, screen - 4)}`).join('\n')
  })
  return [line(head), ...rows.map((row, at) => `${line(row)}\n${below[at]}`)].join('\n').concat('\n')
}

function exposure({ reach, subnet }: Running): string {
  const audiences = { loopback: 'this machine', lan: 'the local network', public: 'every network' }
  return subnet ?? audiences[reach]
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const

/** In the two largest units that it has: `3h 5m`. */
function age(milliseconds: number): string {
  let seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(seconds / size)
    seconds -= count * size
    return count > 0 ? [`${count}${unit}`] : []
  })
  return parts.slice(0, 2).join(' ') || '0s'
}

function short(path: string): string {
  const home = homedir()
  return show(path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path)
}

function nearer(python: string, project: string): string {
  const path = relative(project, python)
  return path.startsWith('..') ? short(python) : show(path)
}

function cut(text: string, width: number): string {
  return length(text) <= width ? text : `${[...text].slice(0, width - 3).join('')}...`
}

/** Its end says more of a path than its beginning. */
function fit(text: string, width: number): string {
  return length(text) <= width ? text : `...${[...text].slice(3 - width).join('')}`
}

function length(text: string): number {
  return [...text].length
}
