import { flask } from '@devlaunch/flask'
import { testAdapter } from '@devlaunch/testkit'

testAdapter(flask)
