import type { Campaign } from './campaign.ts'
import { kill } from './kill.ts'
import { residual } from './residual.ts'

/** In the order of the table in docs/guarantees.md. */
export const campaigns: readonly Campaign[] = [kill, residual]
