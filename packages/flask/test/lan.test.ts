import { flask } from '@devlaunch/flask'
import { testLan } from '@devlaunch/testkit'

testLan(flask)
