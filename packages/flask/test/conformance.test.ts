import { flask } from '@devlaunch/flask'
import { testAdapter } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

testAdapter(flask, fixture)
