import { http } from '@devlaunch/http'
import { testAdapter } from '@devlaunch/testkit'

testAdapter(http, { app: 'files', hooked: false }) // run with -I
