import { testLan } from '@devlaunch/testkit'
import { uvicorn } from '@devlaunch/uvicorn'

testLan(uvicorn)
