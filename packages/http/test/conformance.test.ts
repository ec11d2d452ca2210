import { http } from '@devlaunch/http'
import { testAdapter } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

testAdapter(http, fixture)
