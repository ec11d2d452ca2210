import type { Fixture } from '@devlaunch/testkit'

export const fixture: Fixture = {
  app: 'wsgi',
  target: 'app:app',
  workers: ['--workers', '2'],
  stream: '/stream',
}
