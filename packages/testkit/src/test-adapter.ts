import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyAdapter } from '@devlaunch/core'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bound } from './bound.ts'
import { exposed } from './exposed.ts'
import { fixtureOf } from './fixture.ts'
import { gone } from './gone.ts'
import { handedOver } from './handed-over.ts'
import { ours } from './ours.ts'
import { sealed } from './sealed.ts'
import { servers } from './servers.ts'
import { eventually, living, makeTrial, marker } from './trial.ts'

/**
 * The promises, kept by this adapter's real server: its oldest and newest release, with and without reload, with
 * workers. What listens and what lives is read from the kernel, past devlaunch.
 */
export function testAdapter(adapter: AnyAdapter): void {
  describe.for(servers(adapter))(`conformance ${adapter.name} $age`, (environment) => {
    beforeEach(() => void vi.stubEnv('DEVLAUNCH_TEST_RUN', marker))
    afterEach(() => void vi.unstubAllEnvs())
    afterAll(() => vi.waitFor(() => expect(living()).toEqual([]), eventually))

    const trial = makeTrial(adapter, fixtureOf(adapter), environment)
    bound(trial)
    gone(trial)
    exposed(trial)
    if (adapter.socket !== 'reserve') handedOver(trial)
    sealed(trial)
    if (environment.age === 'newest') ours(trial) // who is on the port is asked before the server, of any release, is started
  })

  test(`conformance ${adapter.name}: NOTES.md has evidence for each row`, () => {
    const notes = readFileSync(join(import.meta.dirname, '../..', adapter.name, 'NOTES.md'), 'utf8')
    for (const row of Object.keys(adapter.enforce)) expect(notes).toMatch(new RegExp(`\\b${row}\\b`))
  })
}
