import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'

/** The project's own configuration, with devlaunch from its sources. */
const file = resolve(process.env.PROJECT_CONFIG ?? 'vitest.config.ts')
const { default: own } = await import(/* @vite-ignore */ pathToFileURL(file).href)
const conditions = ['@devlaunch/source', 'module', 'node', 'development|production']

export default mergeConfig(
  own,
  defineConfig({
    environments: { __vitest__: { resolve: { conditions, externalConditions: ['@devlaunch/source'] } } }, // a global setup's
    ssr: { resolve: { conditions, externalConditions: ['@devlaunch/source'] } },
  }),
)
