import type { Fixture } from '@devlaunch/testkit'

export const fixture: Fixture = {
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
}
