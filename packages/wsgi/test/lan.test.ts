import { testLan } from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'

testLan(wsgi)
