import { gunicorn } from '@devlaunch/gunicorn'
import { testAdapter } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

testAdapter(gunicorn, fixture)
