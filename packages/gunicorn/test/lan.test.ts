import { gunicorn } from '@devlaunch/gunicorn'
import { testLan } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

// A sync worker answers one client at a time, and an open stream keeps it.
const { stream: _, ...others } = fixture
testLan(gunicorn, others)
