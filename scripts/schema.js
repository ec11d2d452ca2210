import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toJsonSchema } from '@valibot/to-json-schema'
import { common, definition } from '../packages/cli/src/schema.ts'
import { main } from './main.js'
import { root } from './setup.js'

/** What an editor is told of a package.json: its `devlaunch` key, and nothing of the rest. */
export function schema() {
  const { $schema, $defs, ...one } = toJsonSchema(definition, { definitions: common })
  const servers = {
    description: 'The servers of this project, by name: devlaunch NAME starts one.',
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z][\\w-]*$' },
    additionalProperties: one,
  }
  const whole = {
    $schema,
    title: 'package.json with servers of devlaunch',
    properties: { devlaunch: servers },
  }
  return `${JSON.stringify(whole, undefined, 2)}\n`
}

await main(import.meta.url, async () => writeFileSync(join(root, 'packages/cli/schema.json'), schema()))
