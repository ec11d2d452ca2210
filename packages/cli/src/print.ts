import { relative } from 'node:path'
import { styleText } from 'node:util'
import {
  authority,
  commandLine,
  type DevlaunchError,
  describeHolder,
  type Exit,
  type Interpreter,
  type Plan,
  type Process,
  type Proof,
  type Rejected,
  type Socket,
  type Stall,
} from '@devlaunch/core'
import { ours } from './mark.ts'
import { table, wrapped } from './table.ts'

type Style = Parameters<typeof styleText>[0]

/** Text for a person on one stream: coloured if that stream is a terminal and NO_COLOR isn't set. */
export class Printer {
  readonly #stream: NodeJS.WriteStream

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  /** What a person sees when the server is ready. */
  ready({ plan, python, pythonVersion, proof, proven, taken, notes }: Ready): string {
    const { reload, debugger: debug } = plan.policy
    const rows: [string, string][] = [
      ['Local', this.#style(['cyan', 'bold'], `${plan.url}/`)],
      ['Proof', proven ? describeProof(proof, plan) : 'not verified: this system gives no list of sockets'],
      ['Python', `${pythonVersion ?? ''} ${near(python.path)}; ${python.why}`.trim()],
    ]
    if (plan.unset.length > 0) rows.push(['Removed', `${plan.unset.join(', ')} (could overrule the flags)`])
    for (const note of notes) rows.push(['Note', note])
    for (const holder of taken) rows.push(['Note', `that port was taken: ${describeHolder(holder)}`])
    for (const other of proof.neighbours)
      rows.push(['Note', `open the numeric address: ${describeHolder(other)}`])
    if (plan.policy.reach === 'loopback')
      rows.push(['Expose', this.#style('dim', '--host ADDRESS --allow lan-bind')])
    const modes = [reload && 'reloading', debug && 'debugger on'].filter(Boolean).join(', ')
    const title = `${plan.server} ${plan.version ?? ''}`.trim()
    return `${this.#ours(`${this.#style('bold', title)}${modes && `, ${modes}`}\n\n${table(rows, this.#columns)}`)}\n`
  }

  error(error: DevlaunchError, { withOutput }: { readonly withOutput: boolean }): string {
    const rows: [string, string][] = []
    if (error.command) rows.push(['command', error.command])
    if (error.python) rows.push(['python', error.python])
    if (error.hint) rows.push(['do', this.#style('bold', error.hint)])
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

  /** `devlaunch which` */
  pythons(all: readonly (Interpreter | Rejected)[]): string {
    const chosen = all.find((each) => !('rejected' in each))
    const rows = all.map((each): [string, string] => {
      const verdict = 'rejected' in each ? `no: ${each.rejected}` : each === chosen ? 'chosen' : 'not needed'
      return [each === chosen ? this.#style('bold', each.path) : each.path, `${each.why}; ${verdict}`]
    })
    return indent(table(rows))
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

interface Stalled {
  readonly server: string
  /** Does a change of a source file start its worker again? */
  readonly reload: boolean
  /** What is asked for until it is ready. */
  readonly path: string
}

export interface Ready {
  readonly plan: Plan
  readonly python: Interpreter
  readonly pythonVersion: string | undefined
  readonly proof: Proof
  /** Does this system show who listens where? */
  readonly proven: boolean
  /** What the adapter says about this start. */
  readonly notes: readonly string[]
  /** Who holds the port that was asked for, where another had to be taken. */
  readonly taken: readonly Socket[]
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}

/** As one would type it from here, where that is shorter. */
function near(path: string): string {
  const short = relative('.', path)
  return short.length < path.length ? short : path
}

function describeProof({ sockets }: Proof, plan: Plan): string {
  const list = sockets
    .map(({ protocol, address, port, pid }) => {
      return `${protocol === 'udp' ? 'UDP ' : ''}${authority(address, port)} (pid ${pid})`
    })
    .join(', ')
  const count = sockets.length === 1 ? '1 listening socket' : `${sockets.length} listening sockets`
  const audience = { loopback: 'this machine only', lan: 'the local network', public: 'every network' }
  const seal = plan.seal ? '. Sealed: no other can be opened' : ''
  return `${count}: ${list}; ${audience[plan.policy.reach]}${seal}`
}
