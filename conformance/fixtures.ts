import type { AnyAdapter } from '@devlaunch/core'
import { django } from '@devlaunch/django'
import { flask } from '@devlaunch/flask'
import { gunicorn } from '@devlaunch/gunicorn'
import { http } from '@devlaunch/http'
import { uvicorn } from '@devlaunch/uvicorn'
import { wsgi } from '@devlaunch/wsgi'
import type { App } from '../packages/testkit/src/project.ts'

/** A server with an app of the testkit. */
export interface Fixture {
  readonly adapter: AnyAdapter
  readonly app: App
  /** As on the command line. */
  readonly target?: string
  /** The server's own arguments for two workers, if it has any. */
  readonly workers?: readonly string[]
}

export interface Mode {
  readonly name: 'plain' | 'reload' | 'workers'
  readonly reload: boolean
  readonly args: readonly string[]
}

export const fixtures: readonly Fixture[] = [
  { adapter: http, app: 'files' },
  { adapter: wsgi, app: 'wsgi', target: 'app:app' },
  { adapter: flask, app: 'flask', target: 'app' },
  { adapter: django, app: 'django' },
  { adapter: uvicorn, app: 'asgi', target: 'app:app', workers: ['--workers', '2'] },
  { adapter: gunicorn, app: 'wsgi', target: 'app:app', workers: ['--workers', '2'] },
]

export function modesOf({ adapter, workers }: Fixture): readonly Mode[] {
  const modes: Mode[] = [{ name: 'plain', reload: false, args: [] }]
  if (typeof adapter.enforce.reload === 'function') modes.push({ name: 'reload', reload: true, args: [] })
  if (workers) modes.push({ name: 'workers', reload: false, args: workers })
  return modes
}

/** What `launch()` is told for it. */
export function optionsOf({ adapter, target }: Fixture, { reload, args }: Mode) {
  return { reload, args, ...(target && { [adapter.target.option]: target }) }
}
