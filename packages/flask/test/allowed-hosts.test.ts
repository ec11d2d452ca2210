import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeNamespace, runCli, servers } from '@devlaunch/testkit'
import { describe, expect, test } from 'vitest'

const lan = '192.168.1.23'
const url = `http://${lan}:5000`

async function makeShop(setting: string) {
  const cwd = await mkdtemp(join(tmpdir(), 'devlaunch shop '))
  const app = `
import flask
app = flask.Flask(__name__)
names = ["shop.example"]
${setting}
@app.get("/")
def hosts():
    return {"trusted": app.config.get("TRUSTED_HOSTS"), "names": names}
`
  await writeFile(join(cwd, 'app.py'), app)
  return { cwd, [Symbol.asyncDispose]: () => rm(cwd, { recursive: true }) }
}

function start(within: readonly string[], cwd: string, python: string, reload: string) {
  const where = ['--host', lan, '--allow', 'lan-bind', '--cwd', cwd, '--python', python]
  return runCli(python, ['flask', reload, '--json', ...where], {}, within)
}

/** What the page says, asked with this host. */
type Told = { readonly trusted: unknown; readonly names: unknown } | number

describe.for(servers())('on a network ($age)', ({ age, python }) => {
  const checks = age === 'newest' // TRUSTED_HOSTS came with Flask 3.1
  test.for<[string, string, string, Told, Told]>([
    [
      'none',
      '',
      '--no-reload',
      { trusted: null, names: ['shop.example'] },
      { trusted: null, names: ['shop.example'] },
    ],
    [
      'some',
      'app.config["TRUSTED_HOSTS"] = names',
      '--reload',
      checks
        ? { trusted: ['shop.example', lan], names: ['shop.example'] }
        : { trusted: ['shop.example'], names: ['shop.example'] },
      checks ? 400 : { trusted: ['shop.example'], names: ['shop.example'] },
    ],
  ])('an app that trusts %s', async ([, setting, reload, here, elsewhere]) => {
    await using network = await makeNamespace(`${lan}/24`)
    await using shop = await makeShop(setting)
    await using cli = start(network.within, shop.cwd, python, reload)
    await cli.event('ready')
    const told = async (host: string) => {
      const { status, text } = await network.ask(url, { headers: { host } })
      return status === 200 ? JSON.parse(text) : status
    }
    expect(await told(`${lan}:5000`)).toEqual(here)
    expect(await told('evil.example')).toEqual(elsewhere)
  })
})
