import { authority } from './address.ts'
import { isInstalled, likelyCause, place, sourceLine } from './cause.ts'
import { commandLine } from './command.ts'
import { DevlaunchError } from './errors.ts'
import type { Plan } from './plan.ts'
import type { Refusal, Socket } from './protocol.ts'

/** EXPOSED, with the process, the address and the likeliest cause. */
export async function exposed(sockets: readonly Socket[], plan: Plan): Promise<DevlaunchError> {
  const [socket] = sockets
  if (!socket) return new DevlaunchError('EXPOSED', `${plan.server} listened wider than planned`)
  const { protocol, address, port } = socket
  const where = `${protocol === 'udp' ? 'UDP ' : ''}${authority(address, port)}`
  const cause = await likelyCause(plan.cwd, socket)
  return failure(plan, socket, `listened on ${where}, open to ${audience(socket)}`, {
    ...(cause && { output: `likely cause: ${cause}` }),
    hint: cause ? narrower : 'look for code or configuration of the project that opens a socket of its own',
  })
}

/** EXPOSED, before it was: the same with the line of code that wanted it. */
export async function refused(refusal: Refusal, plan: Plan): Promise<DevlaunchError> {
  const { address, port, file, line } = refusal
  const where = file && place(plan.cwd, file, line)
  const cause = isInstalled(file) && (await likelyCause(plan.cwd, refusal))
  const deed = `was refused ${authority(address, port)}${where && ` (${where})`}, open to ${audience(refusal)}, before it listened there`
  const output = [file && `${where}: ${await sourceLine(file, line)}`, cause && `likely cause: ${cause}`]
  return failure(plan, refusal, deed, { output: output.filter(Boolean).join('\n'), hint: narrower })
}

function failure(
  plan: Plan,
  { pid, command }: Pick<Socket, 'pid' | 'command'>,
  deed: string,
  details: { readonly output?: string; readonly hint: string },
): DevlaunchError {
  const { bind } = plan.policy
  const planned = `planned was ${plan.listener === 'found' ? bind.host : bind.authority} and nothing wider`
  const summary = `pid ${pid} (${command || 'it has ended'}) ${deed}; ${planned}. The server was ended.`
  return new DevlaunchError('EXPOSED', summary, {
    ...details,
    command: commandLine(plan),
    python: plan.python,
  })
}

const narrower = 'let that code listen on 127.0.0.1, or leave the listening to the server'

function audience({ reach }: Pick<Socket, 'reach'>): string {
  return reach === 'lan' ? 'the local network' : 'every network'
}
