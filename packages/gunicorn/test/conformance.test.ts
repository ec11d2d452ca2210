import { gunicorn } from '@devlaunch/gunicorn'
import { testAdapter } from '@devlaunch/testkit'

testAdapter(gunicorn)
