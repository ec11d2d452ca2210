import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeNamespace, type Namespace, runCli, servers } from '@devlaunch/testkit'
import { describe, expect, test, vi } from 'vitest'

const lan = '192.168.1.23'
const url = `http://${lan}:8000`

const urls = `
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path

def form(request):
    return HttpResponse("posted" if request.method == "POST" else get_token(request))

def hosts(request):
    hosts, origins = settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS
    return JsonResponse({"hosts": hosts, "origins": origins, "kind": type(hosts).__name__})

urlpatterns = [path("", lambda request: HttpResponse("shop")), path("form", form), path("hosts", hosts)]
`

/** One file that is settings, URLs and manage.py. */
const single = `
import sys
from django.conf import settings
settings.configure(DEBUG=True, SECRET_KEY="only for tests", ROOT_URLCONF="__main__", MIDDLEWARE=[
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"])
${urls}
if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
`

interface Shop extends AsyncDisposable {
  readonly cwd: string
  /** Adds lines to a module of settings; one that isn't there begins with all of the others'. */
  set(lines: string, module?: string): Promise<void>
}

/** What `django-admin startproject` makes, with three pages. */
async function startProject(python: string): Promise<Shop> {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch shop '))
  const words = ['-I', '-m', 'django', 'startproject', 'shop', cwd]
  await promisify(execFile)(join(python, 'bin/python'), words)
  await writeFile(join(cwd, 'shop/urls.py'), urls)
  await writeFile(join(cwd, 'single.py'), single)
  return {
    cwd,
    set: async (lines, module = 'settings') => {
      const start = module === 'settings' ? '' : 'from shop.settings import *\n'
      await appendFile(join(cwd, `shop/${module}.py`), `${start}\n${lines}\n`)
    },
    [Symbol.asyncDispose]: () => rm(cwd, { recursive: true }),
  }
}

interface Start {
  readonly words?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly host?: string
}

function start(
  { within }: Namespace,
  { cwd }: Shop,
  python: string,
  { words = ['--no-reload'], args = [], env = {}, host = lan }: Start = {},
) {
  const where = ['--host', host, '--allow', 'lan-bind', '--cwd', cwd, '--python', python, '--json']
  return runCli(python, ['django', ...words, ...where, '--', ...args], env, within)
}

describe.for(servers())('on a network ($age)', ({ age, python }) => {
  const origin = age === 'oldest' ? `${lan}:8000` : url
  const local = ['.localhost', '127.0.0.1', '[::1]']

  test('a new project is answered there and here, takes a form, and refuses every other host', async () => {
    await using network = await makeNamespace(`${lan}/24`)
    await using shop = await startProject(python)
    await using cli = start(network, shop, python)
    await cli.event('ready')
    const { ask } = network
    expect(await ask(url)).toMatchObject({ status: 200, text: 'shop' })
    // what a relay on loopback passes on
    for (const host of ['127.0.0.1:8000', 'localhost:8000', '[::1]:8000']) {
      expect(await ask(url, { headers: { host } })).toMatchObject({ status: 200 })
    }
    for (const host of ['evil.example', '192.168.1.24:8000', '*', `${lan}.evil.example`]) {
      expect(await ask(url, { headers: { host } })).toMatchObject({ status: 400 })
    }
    const form = await ask(`${url}/form`)
    const cookie = String(form.headers['set-cookie']).split(';')[0] ?? ''
    const post = (from: string) =>
      ask(`${url}/form`, {
        method: 'POST',
        headers: { cookie, origin: from, 'content-type': 'application/x-www-form-urlencoded' },
        body: `csrfmiddlewaretoken=${form.text}`,
      })
    expect(await post(url)).toMatchObject({ status: 200, text: 'posted' })
    // Django looks at Origin since 4.0
    expect(await post('http://evil.example')).toMatchObject({ status: age === 'oldest' ? 200 : 403 })
    expect(JSON.parse((await ask(`${url}/hosts`)).text)).toMatchObject({
      hosts: [...local, lan],
      origins: [origin],
    })
  })

  test('a project whose own hosts are computed, with origins', async () => {
    await using network = await makeNamespace(`${lan}/24`)
    await using shop = await startProject(python)
    await shop.set("import os\nALLOWED_HOSTS = os.environ['HOSTS'].split()")
    await shop.set("CSRF_TRUSTED_ORIGINS = ('https://a.example',)")
    await using cli = start(network, shop, python, { env: { HOSTS: 'a.example .b.example' } })
    await cli.event('ready')
    expect(JSON.parse((await network.ask(`${url}/hosts`)).text)).toMatchObject({
      hosts: ['a.example', '.b.example', lan],
      origins: ['https://a.example', origin],
    })
    for (const [host, status] of [
      ['www.b.example', 200],
      ['127.0.0.1:8000', 400], // the project has said so
    ] as const) {
      expect(await network.ask(url, { headers: { host } })).toMatchObject({ status })
    }
  })

  test.for<[string, Start]>([
    ['--settings', { args: ['--settings', 'shop.other'] }],
    ['DJANGO_SETTINGS_MODULE', { env: { DJANGO_SETTINGS_MODULE: 'shop.other' } }],
  ])('other settings, by %s', async ([, how]) => {
    await using network = await makeNamespace(`${lan}/24`)
    await using shop = await startProject(python)
    await shop.set("ALLOWED_HOSTS = ['other.example']", 'other')
    await using cli = start(network, shop, python, how)
    await cli.event('ready')
    const { text } = await network.ask(`${url}/hosts`)
    expect(JSON.parse(text)).toMatchObject({ hosts: ['other.example', lan] })
  })

  test('after a reload too', async () => {
    await using network = await makeNamespace(`${lan}/24`)
    await using shop = await startProject(python)
    await using cli = start(network, shop, python, { words: ['--reload'] })
    await cli.event('ready')
    expect(await network.ask(url)).toMatchObject({ status: 200 })
    const hosts = async () => {
      const { text } = await network.ask(`${url}/hosts`)
      return text.startsWith('{') ? JSON.parse(text).hosts : text
    }
    const saveAndSee = async () => {
      await shop.set("ALLOWED_HOSTS = ['later.example']")
      await expect.poll(hosts, { timeout: 10_000 }).toEqual(['later.example', lan])
    }
    await vi.waitFor(saveAndSee, { timeout: 30_000 }) // a reloader misses what is saved before its first look
  })

  test('a project in a single file', async () => {
    await using network = await makeNamespace(`${lan}/24`)
    await using shop = await startProject(python)
    await using cli = start(network, shop, python, { words: ['single.py', '--no-reload'] })
    await cli.event('ready')
    expect(JSON.parse((await network.ask(`${url}/hosts`)).text)).toMatchObject({ hosts: [...local, lan] })
  })

  test("with DEBUG off and no host allowed Django doesn't start, as ever", async () => {
    await using network = await makeNamespace(`${lan}/24`)
    await using shop = await startProject(python)
    await shop.set('DEBUG = False')
    await using cli = start(network, shop, python)
    expect(await cli.event('error')).toMatchObject({ code: 'FAILED' })
  })

  test('an IPv6 address', async () => {
    await using network = await makeNamespace('fd00:1::23/64')
    await using shop = await startProject(python)
    await using cli = start(network, shop, python, { host: 'fd00:1::23' })
    await cli.event('ready')
    expect(await network.ask('http://[fd00:1::23]:8000/hosts')).toMatchObject({ status: 200 })
  })
})
