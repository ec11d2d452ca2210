import { django } from '@devlaunch/django'
import { testAdapter } from '@devlaunch/testkit'

testAdapter(django, {
  app: 'django',
  stream: '/stream',
  // daphne's own `runserver`, on top of that of staticfiles, takes the place of Django's
  variants: [
    {
      name: 'daphne',
      reload: true,
      args: [],
      env: { FIXTURE_APPS: 'daphne django.contrib.staticfiles' },
    },
  ],
})
