import { http } from '@devlaunch/http'
import { testLan } from '@devlaunch/testkit'

testLan(http)
