import type { Fixture } from '@devlaunch/testkit'

export const fixture: Fixture = {
  app: 'asgi',
  target: 'app:app',
  workers: ['--workers', '2'],
  stream: '/stream',
  websocket: true,
}
