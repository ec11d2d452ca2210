import { flask } from '@devlaunch/flask'
import { testLan } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

testLan(flask, fixture)
