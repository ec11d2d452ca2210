import { testAdapter } from '@devlaunch/testkit'
import { uvicorn } from '@devlaunch/uvicorn'
import { fixture } from './fixture.ts'

testAdapter(uvicorn, fixture)
