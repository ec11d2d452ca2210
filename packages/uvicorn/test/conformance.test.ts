import { testAdapter } from '@devlaunch/testkit'
import { uvicorn } from '@devlaunch/uvicorn'

testAdapter(uvicorn, {
  app: 'asgi',
  target: 'app:app',
  workers: ['--workers', '2'],
  stream: '/stream',
  websocket: true,
})
