import { http } from '@devlaunch/http'
import { testAdapter } from '@devlaunch/testkit'

testAdapter(http)
