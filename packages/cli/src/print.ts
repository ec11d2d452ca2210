import { styleText } from 'node:util'
import {
  commandLine,
  type DevlaunchError,
  describeHolder,
  type Exit,
  type Interpreter,
  type LaunchEvent,
  type Plan,
  type Process,
  type Rejected,
  type Running,
  type Socket,
  type Stall,
  show,
} from '@devlaunch/core'
import { type Command, keys } from './keys.ts'
import { ours } from './mark.ts'
import { type Reached, reachRows } from './reach.ts'
import { modes, type Ready, readyRows } from './ready.ts'
import { type Rows, table, wrap, wrapped } from './table.ts'

type Style = Parameters<typeof styleText>[0]

/** Text for a person on one stream: coloured if that stream is a terminal and NO_COLOR isn't set. */
export class Printer {
  readonly #stream: NodeJS.WriteStream

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  /** What a person sees when the server is ready. */
  ready(ready: Ready): string {
    const { plan, front, keys, code } = ready
    const name = [plan.server, plan.version, front && `behind ${front.server}`].filter(Boolean).join(' ')
    const title = this.#style('bold', name)
    const rows = readyRows(ready, {
      link: (url) => this.#link(url),
      warning: (text) => this.#style('yellow', text),
      quiet: (text) => this.#style('dim', text),
    })
    const parts = [
      [title, modes(plan)].filter(Boolean).join(', '),
      table(rows, this.#columns),
      code,
      keys && this.#wrapped('Press Ctrl-] and then h for the keys.'),
    ]
    return `${this.#paragraphs(parts)}\n`
  }

  /** Where it is reached now; with a `reason` where that has just changed. */
  reached(reached: Reached, code: string | undefined, reason?: Reason): string {
    const { lan } = reached
    const title = reason && this.#style('bold', this.#wrapped((lan ? entered : left)[reason]))
    const rows = reachRows(reached, (url) => this.#link(url), { all: !reason })
    return `${this.#paragraphs([title, table(rows, this.#columns), code])}\n`
  }

  /** What a key can do. */
  keys(): string {
    const rows = Object.entries(keys).map(([key, command]) => [`Ctrl-] ${key}`, keyHelp[command]] as const)
    const others: Rows = [
      ['Ctrl-] Ctrl-]', 'send one Ctrl-] to the server'],
      ['Ctrl-5', 'the same as Ctrl-], for keyboards without that key'],
      ['Ctrl-C', 'end the server; twice: at once'],
    ]
    return this.#ours(table([...rows, ...others], this.#columns))
  }

  /** A QR code: its spaces are part of it. */
  code(code: string): string {
    return this.#ours(code)
  }

  /** The answer to a key. */
  answer(text: string): string {
    return this.#ours(this.#wrapped(text))
  }

  error(error: DevlaunchError, { withOutput }: { readonly withOutput: boolean }): string {
    const rows: [string, string][] = []
    if (error.command) rows.push(['command', error.command])
    if (error.python) rows.push(['python', error.python])
    if (error.hint) {
      const room = (this.#columns ?? Number.POSITIVE_INFINITY) - (rows[0] ? 'command  ' : 'do  ').length
      const lines = wrap(error.hint, room).map((line) => this.#style('bold', line))
      rows.push(['do', lines.join('\n')]) // the rows above are copied, and stay whole
    }
    const output = withOutput && error.output ? `${error.output.trimEnd()}\n` : ''
    const summary = error.summary.replace(/\s*\n\s*/g, ' ') // an exception's text can be an attacker's
    return this.#ours(`${this.#style('red', 'error')} ${error.code}: ${summary}\n${output}${table(rows)}`)
  }

  ended(server: string, { code, signal }: Exit): string {
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`
    return this.#ours(`${server} ended by itself: ${how}`)
  }

  strangers(sockets: readonly Socket[]): string {
    const others = sockets.map((socket) => describeHolder(socket)).join('; ')
    return this.#news('yellow', 'warning', `somebody else listens there too: ${others}`)
  }

  /** It runs, and serves nobody. */
  stalled(reason: Stall, { server, reload, path }: Stalled): string {
    const again = reload ? 'save a source file to start it again, or press Ctrl-C' : 'end it with Ctrl-C'
    const texts: Readonly<Record<Stall, string>> = {
      childless: `the process that answers has ended, and ${server} starts no other: ${again}`,
      respawning: `its workers end as soon as ${server} starts them: mend what ends them, or press Ctrl-C`,
      unaccepted: `${server} accepts no connection: it is blocked (a breakpoint, a long call in the event loop)`,
      silent: `${server} listens but has not answered GET ${path} for 2 s: name a path that answers with --ready-path`,
    }
    return this.#news('yellow', 'warning', texts[reason])
  }

  recovered(reason: Stall): string {
    const now = reason === 'unaccepted' ? 'it accepts connections again' : 'a process that answers runs again'
    return this.#news('green', 'recovered', now)
  }

  unseen({ pid, command }: Process): string {
    const who = `pid ${pid} (${command})`
    const what = "has a network of its own: what it listens on there can't be seen"
    return this.#news('yellow', 'warning', `${who} ${what}`)
  }

  stopping(): string {
    return this.#news('green', 'ending', 'somebody has asked for it: devlaunch stop, or --replace')
  }

  replaced({ name, urls, pid }: Running): string {
    return this.#news('green', 'replaced', `${show(name)} at ${urls.local} (pid ${pid})`)
  }

  cleaned(processes: readonly Process[]): string {
    const list = processes.map(({ pid, command }) => `pid ${pid} (${command || 'unknown'})`).join(', ')
    return this.#news('green', 'cleaned', `ended what a devlaunch that was killed had left: ${list}`)
  }

  /** `--dry-run` */
  plan(plan: Plan, python: Interpreter): string {
    const reasons = plan.reasons.map(({ field, args, env, why }): [string, string] => {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
      return [[...args, ...variables].join(' ') || '(no flag)', `${field}: ${why}`]
    })
    const removed = plan.unset.map((name): [string, string] => [`-u ${name}`, 'could overrule the flags'])
    const undecided =
      plan.unenforced.length > 0 ? `\nOnly the app decides: ${plan.unenforced.join(', ')}\n` : ''
    return (
      `${this.#style('dim', `# ${plan.server} ${plan.version ?? ''} with ${python.path}; ${python.why}`)}\n` +
      `cd ${plan.cwd}\n${commandLine(plan)}\n\n${wrapped([...reasons, ...removed])}\n${undecided}`
    )
  }

  /** `--dry-run`: what stands in front of it. */
  front(plan: Plan): string {
    const files = Object.entries(plan.files).map(([path, text]) => `# ${path}\n${text}`)
    const title = `# ${plan.server} in front of it, in a folder that lasts as long as it runs`
    return `\n${this.#style('dim', title)}\n${commandLine(plan)}\n\n${files.join('\n')}`
  }

  /** `devlaunch which` */
  pythons(all: readonly (Interpreter | Rejected)[]): string {
    const chosen = all.find((each) => !('rejected' in each))
    const rows = all.map((each): [string, string] => {
      const verdict = 'rejected' in each ? `no: ${each.rejected}` : each === chosen ? 'chosen' : 'not needed'
      return [each === chosen ? this.#style('bold', each.path) : each.path, `${each.why}; ${verdict}`]
    })
    return indent(table(rows))
  }

  #paragraphs(parts: readonly (string | false | undefined)[]): string {
    return this.#ours(
      parts
        .filter(Boolean)
        .map((part) => `${part}`.trimEnd())
        .join('\n\n'),
    )
  }

  #wrapped(text: string): string {
    return wrap(text, this.#columns ?? Number.POSITIVE_INFINITY).join('\n')
  }

  #link(url: string): string {
    return this.#style(['cyan', 'bold'], url)
  }

  #news(style: Style, word: string, text: string): string {
    return this.#ours(table([[this.#style(style, word), text]], this.#columns))
  }

  /** Of a terminal, beside the mark. */
  get #columns(): number | undefined {
    return this.#stream.isTTY ? this.#stream.columns - 2 : undefined
  }

  #ours(text: string): string {
    return ours(text, this.#stream)
  }

  #style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream })
  }
}

export interface Stalled {
  readonly server: string
  /** Does a change of a source file start its worker again? */
  readonly reload: boolean
  /** What is asked for until it is ready. */
  readonly path: string
}

type Reason = Extract<LaunchEvent, { event: 'lan' }>['reason']

/** It is on a network now. */
const entered: Readonly<Record<Reason, string>> = {
  asked: 'The devices of one network can open it now.',
  time: 'The devices of one network can open it now.',
  address: 'This machine has another address: the devices of that network can open it now.',
}

/** It is on loopback again. */
const left: Readonly<Record<Reason, string>> = {
  asked: 'Only this machine can open it now.',
  time: 'The time is over: only this machine can open it now.',
  address: 'The address has gone from this machine: only this machine can open it now.',
}

const keyHelp: Readonly<Record<Command, string>> = {
  help: 'show these keys',
  open: 'open the page in the browser',
  urls: 'show the addresses',
  code: "show the QR code of the network's address",
  lan: 'let the devices of the network in, or out again',
  restart: 'start the server again',
  quit: 'end the server',
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
