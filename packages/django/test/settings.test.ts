import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { servers } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../..')
const overlay = `django.conf:${join(packages, 'django/python/django_settings.py')}`

const script = `
import json, sys
from django.conf import settings
import shop
if hasattr(shop, "configure"):
    shop.configure(settings)
said = {name: getattr(settings, name) for name in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")}
kinds = [type(value).__name__ for value in said.values()]
theirs = getattr(shop, "ALLOWED_HOSTS", None)
print(json.dumps([*said.values(), kinds, theirs]))
`

/** Django's settings of a project with this module, as a server at this address sees them. */
async function settings(python: string, source: string, authority: string) {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch-settings-'))
  try {
    await writeFile(join(cwd, 'shop.py'), `SECRET_KEY = "x"\n${source}\n`)
    const { stdout } = await promisify(execFile)(join(python, 'bin/python'), ['-B', '-c', script], {
      cwd,
      env: {
        DJANGO_SETTINGS_MODULE: 'shop',
        PYTHONPATH: [join(packages, 'core/guard/hook'), cwd].join(':'),
        DEVLAUNCH_OVERLAY: overlay,
        DEVLAUNCH_ALLOWED_HOSTS: authority,
      },
    })
    const [hosts, origins, kinds, theirs] = JSON.parse(stdout)
    return { hosts, origins, kinds, theirs }
  } finally {
    await rm(cwd, { recursive: true })
  }
}

describe.for(servers())('the settings of a project ($age)', ({ age, python }) => {
  const scheme = age === 'oldest' ? '' : 'http://'
  const at = '192.168.1.23:8000'
  const lan = '192.168.1.23'
  const local = ['.localhost', '127.0.0.1', '[::1]']

  test.for<[string, string, object]>([
    ['DEBUG = True', at, { hosts: [...local, lan], origins: [`${scheme}${at}`] }],
    ['DEBUG = False', at, { hosts: [], origins: [] }],
    [
      'DEBUG = True',
      '[fd00::1]:8000',
      { hosts: [...local, '[fd00::1]'], origins: [`${scheme}[fd00::1]:8000`] },
    ],
    ['DEBUG = True', `${lan}:80`, { hosts: [...local, lan], origins: [`${scheme}${lan}`] }],
    ['ALLOWED_HOSTS = ["*"]', at, { hosts: ['*'], origins: [`${scheme}${at}`] }],
    ['ALLOWED_HOSTS = ["x", "*"]', at, { hosts: ['x', '*'] }],
    [`ALLOWED_HOSTS = ["${lan}"]`, at, { hosts: [lan] }],
    ['ALLOWED_HOSTS = ["x"]', at, { hosts: ['x', lan], theirs: ['x'] }],
    ['ALLOWED_HOSTS = ("x",)', at, { hosts: ['x', lan], kinds: ['tuple', 'list'] }],
    [
      `DEBUG = True\nCSRF_TRUSTED_ORIGINS = ("${scheme}x", "${scheme}${at}")`,
      at,
      { origins: [`${scheme}x`, `${scheme}${at}`], kinds: ['list', 'tuple'] },
    ],
    ['ALLOWED_HOSTS = ["x"]\nCSRF_TRUSTED_ORIGINS = None', at, { hosts: ['x', lan], origins: null }],
    ['def configure(settings): settings.configure(DEBUG=True)', at, { hosts: [...local, lan] }],
    ['def configure(settings): settings.configure()', at, { hosts: [] }],
    ['def configure(settings): settings.configure(ALLOWED_HOSTS=["x"])', at, { hosts: ['x', lan] }],
  ])('%s', async ([source, authority, expected]) => {
    expect(await settings(python, source, authority)).toMatchObject(expected)
  })
})
