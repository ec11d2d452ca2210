import type { Fixture } from '@devlaunch/testkit'

export const fixture: Fixture = { app: 'flask', target: 'app', stream: '/stream' }
