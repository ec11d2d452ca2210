import { http } from '@devlaunch/http'
import { testLan } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

testLan(http, fixture)
