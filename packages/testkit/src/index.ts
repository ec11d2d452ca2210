export { reloaded } from './bound.ts'
export { runCli } from './cli.ts'
export { type Default, defaults, typed } from './defaults.ts'
export { Diary } from './diary.ts'
export { type Fixture, fixtureOf, type How } from './fixture.ts'
export { type Flood, type Flooded, type Flooding, flood, type Holder } from './flood.ts'
export { freePort } from './free-port.ts'
export { addresses, descendants, isTaken, listening, marked, parentOf, survivors } from './kernel.ts'
export { type Leaks, leaksOf } from './leaks.ts'
export { type Answer, makeNamespace, type Namespace, type Question } from './namespace.ts'
export {
  makeNetworks,
  type NetworkName,
  type Networks,
  type NetworksOptions,
  networkNames,
  places,
} from './networks.ts'
export { backOnLoopback, type Exposed, expectExactly, exposedOn, page, port, testLan } from './on-lan.ts'
export { planner, type Situation } from './planner.ts'
export { makeProject, type Project } from './project.ts'
export { recorded } from './recorded.ts'
export { servers } from './servers.ts'
export { testAdapter } from './test-adapter.ts'
export { expectGone, makeTrial, type Trial, treeOf } from './trial.ts'
