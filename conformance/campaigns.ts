import { calm } from './calm.ts'
import type { Campaign } from './campaign.ts'
import { crowd } from './crowd.ts'
import { cycles } from './cycles.ts'
import { exposure } from './exposure.ts'
import { kill } from './kill.ts'
import { lan } from './lan.ts'
import { late } from './late.ts'
import { refusal } from './refusal.ts'
import { residual } from './residual.ts'
import { stalled } from './stalled.ts'
import { strangers } from './strangers.ts'
import { suite } from './suite.ts'
import { tests } from './tests.ts'

/** In the order of the table in docs/guarantees.md. */
export const campaigns: readonly Campaign[] = [
  kill,
  residual,
  exposure,
  late,
  refusal,
  lan,
  calm,
  strangers,
  crowd,
  suite,
  cycles,
  stalled,
  tests,
]
