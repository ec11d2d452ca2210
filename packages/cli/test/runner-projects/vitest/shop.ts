import { flask } from 'devlaunch'
import { matchers, serverFixture } from 'devlaunch/vitest'
import { test as base, expect } from 'vitest'

expect.extend(matchers)

export const test = base.extend(serverFixture(flask, { cwd: 'shop' }))
