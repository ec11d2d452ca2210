import type { AnyAdapter } from '@devlaunch/core'
import { daphne } from '@devlaunch/daphne'
import { django } from '@devlaunch/django'
import { fastapi } from '@devlaunch/fastapi'
import { flask } from '@devlaunch/flask'
import { granian } from '@devlaunch/granian'
import { gunicorn } from '@devlaunch/gunicorn'
import { http } from '@devlaunch/http'
import { hypercorn } from '@devlaunch/hypercorn'
import { script } from '@devlaunch/script'
import { uvicorn } from '@devlaunch/uvicorn'
import { uwsgi } from '@devlaunch/uwsgi'
import { waitress } from '@devlaunch/waitress'
import { wsgi } from '@devlaunch/wsgi'

export * from '@devlaunch/daphne'
export * from '@devlaunch/django'
export * from '@devlaunch/fastapi'
export * from '@devlaunch/flask'
export * from '@devlaunch/granian'
export * from '@devlaunch/gunicorn'
export * from '@devlaunch/http'
export * from '@devlaunch/hypercorn'
export * from '@devlaunch/script'
export * from '@devlaunch/uvicorn'
export * from '@devlaunch/uwsgi'
export * from '@devlaunch/waitress'
export * from '@devlaunch/wsgi'

/** Every server the command line knows, the most specific evidence first. */
export const adapters: readonly AnyAdapter[] = [
  django,
  flask,
  fastapi,
  uvicorn,
  hypercorn,
  granian,
  daphne,
  gunicorn,
  uwsgi,
  waitress,
  wsgi,
  http,
  script,
]
