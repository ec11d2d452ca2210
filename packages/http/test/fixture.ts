import type { Fixture } from '@devlaunch/testkit'

export const fixture: Fixture = { app: 'files', hooked: false } // run with -I
