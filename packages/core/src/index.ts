export type {
  Adapter,
  AnyAdapter,
  Effect,
  Evidence,
  HandOver,
  Hint,
  Note,
  Package,
  Release,
  Reserved,
  Row,
  Target,
} from './adapter.ts'
export { type Address, authority, parseAddress, type Reach } from './address.ts'
export { projectFolders, type Search } from './candidates.ts'
export { Cleaner } from './clean.ts'
export { commandLine, withoutSecrets } from './command.ts'
export { accompany, type Companion, type Standby } from './companion.ts'
export { DevlaunchError, type ErrorCode, type ErrorParts, happenedAt } from './errors.ts'
export { describeHolder } from './failure.ts'
export { fetchFrom } from './fetch-from.ts'
export { whoHolds } from './guard.ts'
export { here } from './here.ts'
export type { Candidate, Interpreter, Rejected } from './interpreter.ts'
export type { InterfaceAddress, Lan, NetworkInterface, Networks, PassedOver } from './lan.ts'
export { launch, prepare } from './launch.ts'
export { type Life, statOf } from './life.ts'
export { Listing, nameOf } from './listing.ts'
export type { Logs, Stream } from './logs.ts'
export { type Facts, type Plan, type PlanOptions, plan, type Reason } from './plan.ts'
export {
  type Bind,
  type Enforced,
  type Policy,
  type Risk,
  resolvePolicy,
  risks,
  type Wishes,
} from './policy.ts'
export type { PrepareOptions } from './prepare.ts'
export { isProgram, programIn } from './program.ts'
export type { Process, Refusal, Socket, Stall, Terminal } from './protocol.ts'
export { listPythons } from './python.ts'
export { escaped, quote, show } from './quote.ts'
export { readText } from './read.ts'
export { type Running, running } from './registry.ts'
export { release } from './release.ts'
export type { LaunchEvent, LaunchOptions, OwnOptions, Server, Urls } from './server.ts'
export { stopRunning } from './stop-running.ts'
export { readSurroundings, type Serving, surroundings } from './surroundings.ts'
export { findTarget, type Place } from './target.ts'
export type { Proof } from './wait.ts'
export type { LogWait } from './wait-for-log.ts'
export type { Exit } from './watch.ts'
export { checkWishes } from './words.ts'
