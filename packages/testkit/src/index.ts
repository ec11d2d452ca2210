export { testAdapter } from './test-adapter.ts'
export type { Fixture, How } from './trial.ts'
