import { django } from '@devlaunch/django'
import { testAdapter } from '@devlaunch/testkit'

testAdapter(django)
