import { DevlaunchError, type LaunchEvent, launch, type OwnOptions, type Server } from '@devlaunch/core'
import { type FrontOptions, launchBehind } from '@devlaunch/front'
import type { Arguments } from './args.ts'
import { type Choice, choose } from './choose.ts'
import { dryRun } from './dry-run.ts'
import { frontFor } from './front.ts'
import { inTests } from './in-tests.ts'
import { areRivals } from './ports.ts'
import { ServerLog } from './server-log.ts'
import { wishes } from './wishes.ts'

/** One of the servers of `devlaunch test`. */
export interface Tested {
  readonly name: string
  readonly log: ServerLog
  /** `onStarted`: the server has yet to get ready, and this Python runs it. */
  readonly start: (signal: AbortSignal, onStarted: (python: string) => void) => Promise<Server>
  /** For `--dry-run`: what would be run, as text. */
  readonly plan: () => Promise<string>
}

/** @throws DevlaunchError `USAGE` */
export async function testedOf(args: Arguments): Promise<readonly Tested[]> {
  const all = [{ ...args, words: args.words.slice(1) }, ...args.and].map((each) => ({ ...each, rest: [] }))
  for (const each of all) check(each)
  const choices: Choice[] = []
  for (const each of all) choices.push(await choose(each.words, each.cwd))
  const names = choices.map(nameOf)
  const width = Math.max(...names.map(({ length }) => length))
  const wished = choices.map((choice, index) => wishesOfTest(choice, all[index] ?? args))
  checkPorts(wished)
  return choices.map((choice, index) => {
    const own = all[index] ?? args
    const prefix = choices.length > 1 ? `${nameOf(choice).padEnd(width)} | ` : ''
    const log = new ServerLog(nameOf(choice), own.logs ?? args.logs ?? 'failure', prefix)
    return tested(choice, frontFor(choice, own), wished[index] ?? {}, log)
  })
}

/** `--dry-run` */
export async function planAll(all: readonly Tested[], command: readonly string[]): Promise<number> {
  const plans = await Promise.all(all.map(({ plan }) => plan()))
  process.stdout.write(`${plans.join('\n')}\n# then: ${JSON.stringify(command)}\n`)
  return 0
}

function tested(
  choice: Choice,
  front: FrontOptions | undefined,
  options: OwnOptions,
  log: ServerLog,
): Tested {
  const { adapter } = choice
  return {
    name: nameOf(choice),
    log,
    start: (signal, onStarted) => {
      let python = ''
      const onEvent = (event: LaunchEvent) => {
        if (event.event === 'planned') python = event.python.path
        if (event.event === 'started') onStarted(python)
        log.event(event)
      }
      const all: OwnOptions = { ...options, signal, onOutput: log.output, onEvent }
      return front ? launchBehind(front, adapter, all) : launch(adapter, all)
    },
    plan: () => dryRun(adapter, options, front),
  }
}

/** Tests run beside each other and beside what is developed: any free port, and nothing starts again under them. */
function wishesOfTest(choice: Choice, args: Arguments): OwnOptions {
  const defined = inTests(choice.options ?? {}, args.strictPort)
  const { port, offeredPort: _, ...others } = wishes({ ...choice, options: defined }, args)
  const isMeant = args.port !== undefined || others.strictPort
  const wished = { ...others, reload: args.reload ?? false, ...(isMeant && port !== undefined && { port }) }
  const { kind, option } = choice.adapter.target
  const words = (wished as Record<string, unknown>)[option]
  if (kind === 'command' && Array.isArray(words) && words.length === 0) {
    throw new DevlaunchError('USAGE', `${choice.adapter.name} has no place for its own command here`, {
      hint: 'what stands behind -- is the command to run beside it: name another server',
    })
  }
  return wished
}

function nameOf({ name, adapter }: Choice): string {
  return name ?? adapter.name
}

/**
 * They start at the same time: who wants a port alone would get it or not by who comes first.
 * @throws DevlaunchError `USAGE`
 */
function checkPorts(all: readonly OwnOptions[]): void {
  const named = all.filter(({ port }) => port !== undefined)
  const clash = named.find((each, index) => named.slice(0, index).some((other) => areRivals(each, other)))
  if (!clash) return
  throw new DevlaunchError('USAGE', `two servers want port ${clash.port}, and one of them no other`, {
    hint: 'give one of them another port, or leave out --port and --strict-port: each gets a free one',
  })
}

/** @throws DevlaunchError `USAGE` for what a test has no use for */
function check({ lan, qr, open, json, replace }: Arguments): void {
  const useless = {
    '--lan': lan !== undefined,
    '--qr': qr !== undefined,
    '--open': open,
    '--json': json,
    '--replace': replace,
  }
  const word = Object.entries(useless).find(([, isGiven]) => isGiven)?.[0]
  if (word === undefined) return
  throw new DevlaunchError('USAGE', `${word} makes no sense with devlaunch test`, {
    hint: `leave out ${word}`,
  })
}
