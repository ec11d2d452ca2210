export * from '@devlaunch/core'
export * from './adapters.ts'
