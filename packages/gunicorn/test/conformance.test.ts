import { gunicorn } from '@devlaunch/gunicorn'
import { testAdapter } from '@devlaunch/testkit'

testAdapter(gunicorn, { app: 'wsgi', target: 'app:app', workers: ['--workers', '2'], stream: '/stream' })
