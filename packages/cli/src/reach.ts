import type { Lan, PassedOver, Urls } from '@devlaunch/core'
import type { Rows } from './table.ts'

/** Where a server is reached, and who can. */
export interface Reached {
  readonly urls: Urls
  readonly lan: Lan | undefined
  /** In milliseconds since 1970, as `now`. */
  readonly until: number | undefined
  readonly now: number
}

/** Interfaces that are named, at most: a machine with containers has a bridge for each of their networks. */
const most = 3

/** `all`: with every address of this machine that was not taken. */
export function reachRows(reached: Reached, link: (url: string) => string, { all = false } = {}): Rows {
  const { urls, lan, until, now } = reached
  const local = ['Local', link(`${urls.local}/`)] as const
  if (!urls.network || !lan) return [local]
  const limit = until === undefined ? '' : `, until ${clock(until, now)} (${inWords(until - now)})`
  const others = all ? lan.passedOver : onePerInterface(lan)
  const shown = all ? others : others.slice(0, most)
  const more = others.length - shown.length
  return [
    local,
    ['Network', `${link(`${urls.network}/`)}  ${lan.interface}`],
    ['For', `anyone on ${lan.subnet}${limit}`],
    ...shown.map((one) => ['Not on', `${one.interface} ${one.host}: ${one.reason}`] as const),
    ...(more > 0 ? [['Not on', `${count(more, 'other interface')}`] as const] : []),
  ]
}

/** The address that one knows an interface by: of version 4, if it has one. */
function onePerInterface({ interface: chosen, passedOver }: Lan): readonly PassedOver[] {
  const names = new Set(passedOver.map((one) => one.interface).filter((name) => name !== chosen))
  return [...names].flatMap((name) => {
    const all = passedOver.filter((one) => one.interface === name)
    return all.find(({ host }) => !host.includes(':')) ?? all.slice(0, 1)
  })
}

/** As a clock on the wall has it; the day where that is not clear, the second where it matters. */
function clock(time: number, now: number): string {
  const date = new Date(time)
  const digits = date.toTimeString().slice(0, time - now < 2 * minute ? 8 : 5)
  return time - now < 24 * 60 * minute ? digits : `${date.toDateString().slice(4, 10)} ${digits}`
}

const minute = 60_000

function inWords(time: number): string {
  const milliseconds = Math.max(0, time)
  if (milliseconds < 2 * minute) return count(Math.round(milliseconds / 1000), 'second')
  const minutes = Math.round(milliseconds / minute)
  if (minutes < 120) return count(minutes, 'minute')
  const rest = minutes % 60
  return `${count((minutes - rest) / 60, 'hour')}${rest ? ` ${count(rest, 'minute')}` : ''}`
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}
