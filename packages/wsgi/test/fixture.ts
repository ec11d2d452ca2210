import type { Fixture } from '@devlaunch/testkit'

export const fixture: Fixture = {
  app: 'wsgi',
  target: 'app:app',
  stream: '/stream',
  hows: ['bind', 'implicit', 'v6', 'ctypes', 'daemon'],
}
