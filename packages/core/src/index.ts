export type {
  Adapter,
  AnyAdapter,
  Effect,
  Evidence,
  Hint,
  Package,
  Release,
  Reserved,
  Row,
  Target,
} from './adapter.ts'
export { type Address, parseAddress, type Reach } from './address.ts'
export { DevlaunchError, type ErrorCode, type ErrorParts } from './errors.ts'
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
export { release } from './release.ts'
