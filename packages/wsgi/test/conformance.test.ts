import { testAdapter } from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'

testAdapter(wsgi, {
  app: 'wsgi',
  target: 'app:app',
  stream: '/stream',
  hows: ['bind', 'implicit', 'v6', 'ctypes', 'daemon'],
})
