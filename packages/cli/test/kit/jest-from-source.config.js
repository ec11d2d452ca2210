import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The project's own configuration, with devlaunch from its sources. */
const { default: own } = await import(pathToFileURL(resolve('jest.config.js')).href)

export default {
  ...own,
  transform: { ...own.transform, '\\.ts$': join(import.meta.dirname, 'strip-types.js') },
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['@devlaunch/source', 'node', 'node-addons'] },
}
