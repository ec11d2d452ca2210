import { relative } from 'node:path'
import {
  authority,
  describeHolder,
  type Interpreter,
  type Plan,
  type Proof,
  type Socket,
} from '@devlaunch/core'
import { type Reached, reachRows } from './reach.ts'
import type { Rows } from './table.ts'

/** A server that is ready, in values. */
export interface Ready extends Reached {
  readonly plan: Plan
  /** What stands in front of it. */
  readonly front: Plan | undefined
  readonly python: Interpreter
  readonly pythonVersion: string | undefined
  readonly proof: Proof
  /** Does this system show who listens where? */
  readonly proven: boolean
  /** What loopback means here, in a container for example. */
  readonly where: string | undefined
  /** What somebody should know who lets others in. */
  readonly warnings: readonly string[]
  /** What the adapter says about this start. */
  readonly notes: readonly string[]
  /** Who holds the port that was asked for, where another had to be taken. */
  readonly taken: readonly Socket[]
  /** Are there keys (keys.ts)? */
  readonly keys: boolean
  /** As it is shown, or why it isn't. */
  readonly code: string | undefined
}

/** How some of the words are set off. */
export interface Emphasis {
  readonly link: (text: string) => string
  readonly warning: (text: string) => string
  readonly quiet: (text: string) => string
}

export function readyRows(ready: Ready, { link, warning, quiet }: Emphasis): Rows {
  const {
    plan,
    front = plan,
    python,
    pythonVersion,
    proof,
    proven,
    where,
    warnings,
    notes,
    taken,
    keys,
  } = ready
  const ways = keys ? '--lan or Ctrl-] l opens' : '--lan opens'
  return [
    ...reachRows(ready, link),
    ...some('Where', where),
    ['Proof', proven ? describeProof(ready) : 'not verified: this system gives no list of sockets'],
    ['Python', `${pythonVersion ?? ''} ${near(python.path)}; ${python.why}`.trim()],
    ...some('Removed', plan.unset.length > 0 && `${plan.unset.join(', ')} (could overrule the flags)`),
    ...[...unfiltered(proof), ...warnings].map((text) => [warning('Warning'), text] as const),
    ...notes.map((note) => ['Note', note] as const),
    ...taken.map((holder) => ['Note', `that port was taken: ${describeHolder(holder)}`] as const),
    ...proof.neighbours.map(
      (other) => ['Note', `open the numeric address: ${describeHolder(other)}`] as const,
    ),
    ...some('Expose', canMove(front) && quiet(`${ways} it to the devices of your network`)),
  ]
}

/** The modes that are worth a word in the title. */
export function modes({ policy }: Plan): string {
  return [policy.reload && 'reloading', policy.debugger && 'debugger on'].filter(Boolean).join(', ')
}

/** An app that decides where it listens has to have listened where it was told. */
function canMove({ listener, env, policy: { bind, reach } }: Plan): boolean {
  const obeys = env.HOST === bind.host && env.PORT === `${bind.port}`
  return reach === 'loopback' && (listener !== 'found' || obeys)
}

function some(left: string, right: string | false | undefined): Rows {
  return right ? [[left, right]] : []
}

/** The kernel's part of "nobody beyond this network". */
function unfiltered({ relay, filter }: Proof): readonly string[] {
  if (!relay || filter?.filtered) return []
  const why = filter?.reason ?? 'this system was not asked'
  return [`who has a route to this address from another network can open it too: ${why}`]
}

/** As one would type it from here, where that is shorter. */
function near(path: string): string {
  const short = relative('.', path)
  return short.length < path.length ? short : path
}

function describeProof({ plan, front, proof }: Pick<Ready, 'plan' | 'front' | 'proof'>): string {
  const { sockets, relay, filter } = proof
  const outermost = front ?? plan
  const whose = (port: number) => {
    if (!front) return ''
    return `${port === front.policy.bind.port ? front.server : plan.server}, `
  }
  const list = sockets
    .map(({ protocol, address, port, pid }) => {
      return `${protocol === 'udp' ? 'UDP ' : ''}${authority(address, port)} (${whose(port)}pid ${pid})`
    })
    .join(', ')
  const count = sockets.length === 1 ? '1 listening socket' : `${sockets.length} listening sockets`
  const { reach, subnet } = outermost.policy
  const audiences = { loopback: 'this machine only', lan: 'the local network', public: 'every network' }
  const own = relay && `; ${authority(relay.address, relay.port)} is this devlaunch, for local tools`
  const sealed = front
    ? `. ${plan.server} is sealed: it can open no other`
    : '. Sealed: no other can be opened'
  const seal = plan.seal ? sealed : ''
  const whom = filter?.filtered ? `${subnet} only` : audiences[reach]
  const of = front && reach !== 'loopback' ? `${front.server} for ` : ''
  return `${count}: ${list}${own ?? ''}; ${of}${whom}${seal}`
}
