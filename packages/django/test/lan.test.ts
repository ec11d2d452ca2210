import { django } from '@devlaunch/django'
import { fixtureOf, testLan } from '@devlaunch/testkit'

// Under daphne the fixture's stream, a plain generator, keeps the one thread of all synchronous views.
const { stream: _, ...others } = fixtureOf(django)
testLan(django, others)
