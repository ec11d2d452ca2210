import { django } from '@devlaunch/django'
import { testLan } from '@devlaunch/testkit'
import { fixture } from './fixture.ts'

// Under daphne the fixture's stream, a plain generator, keeps the one thread of all synchronous views.
const { stream: _, ...others } = fixture
testLan(django, others)
