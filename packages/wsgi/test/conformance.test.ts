import { testAdapter } from '@devlaunch/testkit'
import { wsgi } from '@devlaunch/wsgi'
import { fixture } from './fixture.ts'

testAdapter(wsgi, fixture)
