import { testLan } from '@devlaunch/testkit'
import { uvicorn } from '@devlaunch/uvicorn'
import { fixture } from './fixture.ts'

testLan(uvicorn, fixture)
