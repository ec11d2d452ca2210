import { django } from '@devlaunch/django'
import { testAdapter } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

testAdapter(django, fixture)
