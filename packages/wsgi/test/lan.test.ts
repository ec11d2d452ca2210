import { testLan } from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'
import { fixture } from './fixture.ts'

testLan(wsgi, fixture)
