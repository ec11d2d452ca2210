import { gunicorn } from '@devlaunch/gunicorn'
import { fixtureOf, testLan } from '@devlaunch/testkit'

// A sync worker answers one client at a time, and an open stream keeps it.
const { stream: _, ...others } = fixtureOf(gunicorn)
testLan(gunicorn, others)
