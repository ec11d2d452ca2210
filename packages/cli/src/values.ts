import { DevlaunchError, quote, type Risk, risks } from '@devlaunch/core'

/** What the value of an option means; each throws `USAGE` for one that means nothing. */

export function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= 65_535) return number
  throw new DevlaunchError('USAGE', `--port ${quote(text)} is not a port`, {
    hint: 'a port is a whole number from 1 to 65535',
  })
}

/** In milliseconds, from seconds. */
export function timeout(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000
  throw new DevlaunchError('USAGE', `--timeout ${quote(text)} is not a time`, {
    hint: 'give seconds, for example --timeout 30',
  })
}

const units = { s: 1000, m: 60_000, h: 3_600_000 } as const

/** A timer of Node's takes no more: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longest = 24 * 24 * units.h

/** In milliseconds. A number without a unit could be meant in minutes or, as that of --timeout, in seconds. */
export function duration(text: string): number {
  const [, number = '', unit = 's'] = /^(\d{1,9}(?:\.\d{1,9})?)([smh])$/.exec(text) ?? []
  const milliseconds = Math.round(Number(number) * units[unit as keyof typeof units])
  if (milliseconds > 0 && milliseconds <= longest) return milliseconds
  throw new DevlaunchError('USAGE', `--lan-for ${quote(text)} is not a time`, {
    hint: 'give a number and a unit (s, m or h), for example --lan-for 30m; at most 576h',
  })
}

export function path(text: string): string {
  if (text.startsWith('/') && !text.startsWith('//')) return text
  throw new DevlaunchError('USAGE', `--ready-path ${quote(text)} is not a path`, {
    hint: 'start it with one slash, for example --ready-path /health',
  })
}

export function risk(word: string): Risk {
  if (Object.hasOwn(risks, word)) return word as Risk
  throw new DevlaunchError('USAGE', `--allow ${quote(word)} is not a risk`, {
    hint: `one of: ${Object.keys(risks).join(', ')}`,
  })
}

/** What `parseArgs` is given for an option that stands alone: no system lets a NUL into a command line. */
export const alone = '\0'

/** The same for one that stands behind `--no-`. */
export const never = '\0\0'

/** Not empty: `--lan=$WIFI` with a variable that isn't set must not mean "whichever there is". */
export function place(text: string): true | string {
  if (text === alone) return true
  if (text) return text
  throw new DevlaunchError('USAGE', '--lan= names nothing', {
    hint: 'name an interface or an address, for example --lan=eth1, or write --lan alone',
  })
}

/** When a test's servers show what they print. */
export type Logs = (typeof moments)[number]

const moments = ['always', 'failure', 'never'] as const

export function logs(text: string): Logs {
  const moment = moments.find((each) => each === text)
  if (moment) return moment
  throw new DevlaunchError('USAGE', `--logs ${quote(text)} is no time to show them`, {
    hint: `one of: ${moments.join(', ')}`,
  })
}

/** With whom we end: a process; `true`: whoever started us; `undefined`: the script runner that did; `false`: nobody. */
export type Parent = number | boolean | undefined

export function parent(text: string | undefined): Parent {
  if (text === undefined) return undefined
  if (text === alone) return true
  if (text === never) return false
  const pid = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0
  if (pid > 0) return pid
  throw new DevlaunchError('USAGE', `--with-parent ${quote(text)} is not a process`, {
    hint: 'give its number (PID), or write --with-parent alone',
  })
}
