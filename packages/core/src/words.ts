import type { AnyAdapter, Reserved } from './adapter.ts'
import { DevlaunchError } from './errors.ts'
import type { PlanOptions } from './plan.ts'
import type { Policy } from './policy.ts'
import { quote, unfit } from './quote.ts'

/**
 * Whatever can be refused before anything is looked up.
 * @throws DevlaunchError as `plan` does.
 */
export function checkWishes(adapter: AnyAdapter, options: object & PlanOptions, policy: Policy): void {
  checkTarget(adapter, options)
  checkArguments(adapter, options.args ?? [])
  checkVariables(options.env ?? {})
  checkAbilities(adapter, policy)
}

/**
 * A module path, a name in it, a factory call with plain literals; nothing that an option parser or a shell could
 * take for something else.
 */
const appTarget = /^[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*(?:\([\w\s.,='"-]*\))?)?$/

function checkTarget(adapter: AnyAdapter, options: object): void {
  const { kind, option, required, path, example, reserved = [] } = adapter.target
  const target: unknown = (options as Record<string, unknown>)[option]
  if (target === undefined || (Array.isArray(target) && target.length === 0)) {
    if (!required) return
    throw new DevlaunchError('USAGE', `${adapter.name} needs to know what to serve`, {
      hint: `name it, for example: devlaunch ${adapter.name} ${example}`,
    })
  }
  if (kind === 'command') {
    checkCommand(adapter, target)
    return
  }
  const reason = typeof target === 'string' ? unfit(target) : 'it is no text'
  if (typeof target !== 'string' || reason) {
    throw new DevlaunchError('USAGE', `${quote(target)} can't be served by ${adapter.name}: ${reason}`, {
      hint: `name what to serve, for example: ${example}`,
    })
  }
  checkReserved(adapter, reserved, target)
  const fits = appTarget.test(target) || (path?.test(target) && !target.startsWith('-'))
  if (kind === 'app' && (!fits || /[\r\n]/.test(target))) {
    throw new DevlaunchError('USAGE', `${quote(target)} is not an app for ${adapter.name}`, {
      hint: `write a module and a name in it, for example: ${example}`,
    })
  }
}

/** Words, of which the first is a program. */
function checkCommand({ name, target }: AnyAdapter, command: unknown): void {
  const words: readonly unknown[] = Array.isArray(command) ? command : [undefined]
  const reasons = words.map((word, index) => {
    if (typeof word !== 'string') return 'it is no list of words'
    return index === 0 && word === '' ? 'it names no program' : unfit(word)
  })
  const reason = reasons.find((each) => each !== undefined)
  if (reason === undefined) return
  throw new DevlaunchError('USAGE', `${name} can't run this command: ${reason}`, {
    hint: `name a program and its arguments, for example: devlaunch ${name} ${target.example}`,
  })
}

/** Behind it a server takes every flag of ours for a name. */
const separator = {
  match: /^--$/,
  use: "leave it out: the arguments behind devlaunch's own -- are passed on as they are",
}

function checkArguments(adapter: AnyAdapter, args: readonly string[]): void {
  for (const argument of args) {
    const reason = unfit(argument)
    if (reason) {
      throw new DevlaunchError('USAGE', `${quote(argument)} can't be passed to a program: ${reason}`, {
        hint: 'leave that out, or put it into a file',
      })
    }
    checkReserved(adapter, [separator, ...adapter.reserved], argument)
  }
}

function checkReserved({ name }: AnyAdapter, all: readonly Reserved[], word: string): void {
  const reserved = all.find(({ match }) => match.test(word))
  if (!reserved) return
  throw new DevlaunchError('REFUSED', `${name} can't be given ${quote(word)}`, { hint: reserved.use })
}

function checkVariables(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) {
    const badName = name === '' ? 'it is empty' : name.includes('=') ? 'it has a "="' : unfit(name)
    const reason = badName ?? unfit(`${name}=${value}`)
    if (!reason) continue
    throw new DevlaunchError(
      'USAGE',
      `${badName ? `${quote(name)} is no name for a variable` : `the variable ${quote(name)} can't have that value`}: ${reason}`,
      { hint: 'correct it in the options, or in the file that --env-file names' },
    )
  }
}

/** What a server has no row for can't be switched on. */
function checkAbilities({ name, enforce }: AnyAdapter, policy: Policy): void {
  for (const field of ['debugger', 'reload'] as const) {
    if (!policy[field] || enforce[field] !== 'absent') continue
    const what = field === 'reload' ? 'a reloader' : 'a debugger'
    throw new DevlaunchError('USAGE', `${name} has no such thing as ${what}`, {
      hint: `leave out --${field === 'reload' ? 'reload' : 'debug'}`,
    })
  }
}
