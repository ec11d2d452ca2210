import { testAdapter } from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'

testAdapter(wsgi)
