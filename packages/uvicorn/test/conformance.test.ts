import { testAdapter } from '@devlaunch/testkit'
import { uvicorn } from '@devlaunch/uvicorn'

testAdapter(uvicorn)
