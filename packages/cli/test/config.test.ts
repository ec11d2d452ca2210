import { chmod, chown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { PassThrough } from 'node:stream'
import { DevlaunchError } from '@devlaunch/core'
import { build } from 'esbuild'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { schema } from '../../../scripts/schema.js'
import { choose } from '../src/choose.ts'
import { codeLines } from '../src/code-lines.ts'
import { Printer } from '../src/print.ts'
import { readConfig } from '../src/read-config.ts'
import { devlaunch } from './kit/cli.ts'
import { project } from './kit/project.ts'

/** A package.json with these servers, each on a line. */
const manifest = (...lines: readonly string[]) =>
  `{\n  "name": "shop",\n  "devlaunch": {\n    ${lines.join(',\n    ')}\n  }\n}\n`

const api = '"api": { "server": "flask", "app": "shop:app" }'
const inApi = (more: string) => manifest(`"api": {\n      "server": "flask",\n      ${more}\n    }`)

/** What is wrong -> the files, and the words of the command line. */
const bad: Readonly<Record<string, readonly [files: Record<string, string>, ...words: string[]]>> = {
  'no JSON': [
    { 'package.json': '{\n  "devlaunch": {\n    "api": { "server": "flask" "app": "a" }\n  }\n}\n' },
  ],
  'JSON that ends early': [{ 'package.json': '{\n  "devlaunch": {\n    "api": {' }],
  'a comment in JSON': [{ 'package.json': '{\n  // servers\n  "devlaunch": {}\n}\n' }],
  'one key twice': [{ 'package.json': manifest(api, api) }],
  'no object': [{ 'package.json': '{\n  "devlaunch": "api"\n}\n' }, 'api'],
  'a list': [{ 'package.json': '{\n  "devlaunch": []\n}\n' }, 'api'],
  'a server as its name': [{ 'package.json': manifest('"api": "flask"') }],
  'no server': [{ 'package.json': manifest('"api": { "app": "shop:app" }') }],
  'an unknown server': [{ 'package.json': manifest('"api": { "server": "flaks" }') }],
  'a server that is a number': [{ 'package.json': manifest('"api": { "server": 5 }') }],
  'a name with a space': [{ 'package.json': manifest('"my api": { "server": "flask" }') }],
  'a name that is a server': [{ 'package.json': manifest('"flask": { "server": "flask" }') }],
  'a name that is a command': [{ 'package.json': manifest('"test": { "server": "flask" }') }],
  'a name of the language': [{ 'package.json': manifest('"__proto__": { "server": "flask" }') }],
  'an unknown key': [{ 'package.json': inApi('"prot": 8000') }],
  'a key of the language': [{ 'package.json': inApi('"constructor": 8000') }],
  'a prototype': [{ 'package.json': inApi('"__proto__": {}') }],
  "another server's key": [{ 'package.json': inApi('"manage": "manage.py"') }],
  'no app where one is needed': [{ 'package.json': manifest('"api": { "server": "uvicorn" }') }],
  'no command': [{ 'package.json': manifest('"api": { "server": "script" }') }],
  'a command that is a text': [
    { 'package.json': manifest('"api": { "server": "script", "command": "python app.py" }') },
  ],
  'a command without a word': [{ 'package.json': manifest('"api": { "server": "script", "command": [] }') }],
  'a port that is a text': [{ 'package.json': inApi('"port": "8000"') }],
  'a port that is none': [{ 'package.json': inApi('"port": 99999') }],
  'half a port': [{ 'package.json': inApi('"port": 8000.5') }],
  'no port': [{ 'package.json': inApi('"port": null') }],
  'a timeout in seconds': [{ 'package.json': inApi('"timeout": 30') }],
  'a time with a unit': [{ 'package.json': inApi('"lan": true, "lanFor": "30m"') }],
  'a flag that is a text': [{ 'package.json': inApi('"strictPort": "yes"') }],
  'a variable that is a number': [{ 'package.json': inApi('"env": {\n        "LEVEL": 2\n      }') }],
  'arguments in a text': [{ 'package.json': inApi('"args": "--workers 2"') }],
  'an argument that is a number': [{ 'package.json': inApi('"args": ["--workers", 2]') }],
  'a risk that is none': [{ 'package.json': inApi('"allow": ["everything"]') }],
  'a path that is none': [{ 'package.json': inApi('"readyPath": "health"') }],
  'an empty folder': [{ 'package.json': inApi('"cwd": ""') }],
  'a folder that is not there': [{ 'package.json': inApi('"cwd": "backend"') }],
  'an unknown front': [{ 'package.json': inApi('"front": "haproxy"') }],
  'half a certificate': [
    { 'package.json': inApi('"front": "nginx",\n      "tls": { "certificate": "cert.pem" }') },
  ],
  'a certificate with more': [
    {
      'package.json': inApi('"front": "nginx",\n      "tls": { "certificate": "c", "key": "k", "ca": "a" }'),
    },
  ],
  'files without a front': [{ 'package.json': inApi('"frontStatic": { "/static": "build" }') }],
  'two places to listen': [{ 'package.json': inApi('"lan": true,\n      "host": "192.168.1.5"') }],
  'a time without a network': [{ 'package.json': inApi('"lanFor": 60000') }],
  'a reloader where there is none': [
    { 'package.json': manifest('"api": { "server": "http", "reload": true }') },
  ],
  'an app that is none': [{ 'package.json': inApi('"app": "shop;touch canary"') }],
  'an argument that binds': [{ 'package.json': inApi('"args": ["--host=::"]') }],
  'one port twice, one of them strict': [
    {
      'package.json': manifest(
        '"api": { "server": "flask", "port": 8000, "strictPort": true }',
        '"web": { "server": "http", "port": 8000 }',
      ),
    },
    'web',
  ],
  'several mistakes': [
    {
      'package.json': manifest(
        '"api": { "server": "flask", "prot": 1 }',
        '"web": { "server": "http", "port": 0 }',
      ),
    },
    'api',
  ],
  'an unknown name': [{ 'package.json': manifest(api) }, 'apj'],
  'a name that resembles none': [{ 'package.json': manifest(api) }, 'something'],
  'a target behind a name': [{ 'package.json': manifest(api) }, 'api', 'shop:app'],
  'several, and no word': [{ 'package.json': manifest(api, '"web": { "server": "http" }') }],
  'two files': [{ 'package.json': manifest(api), 'devlaunch.config.mjs': '' }],
  'two files of code': [{ 'devlaunch.config.mjs': '', 'devlaunch.config.ts': '' }],
}

test('every message for servers that are badly named', async () => {
  const all = Object.entries(bad).map(async ([title, [files, ...words]]) => {
    await using folder = await project({ '.git/HEAD': '', ...files })
    const error = await choose(words, folder.path).catch((error: unknown) => error)
    if (!(error instanceof DevlaunchError)) throw new Error(`${title}: ${JSON.stringify(error)}`)
    return `# ${title}; ${error.code}${shown(error, folder.path)}`
  })
  await expect((await Promise.all(all)).join('\n')).toMatchFileSnapshot('golden/config.txt')
})

function shown(error: DevlaunchError, folder: string): string {
  const printer = new Printer(new PassThrough() as never) // no terminal, no colours
  return printer
    .error(error, { withOutput: true })
    .replaceAll(`${relative(process.cwd(), folder)}/`, '')
    .replaceAll(folder, '/shop')
}

/** The same for a file that Node loads. */
const code: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'no default': ['devlaunch.config.mjs', 'export const api = {}\n'],
  'a syntax error': ['devlaunch.config.mjs', 'export default {\n  api: { server: "flask" }\n  web: 1,\n}\n'],
  'a syntax error in TypeScript': [
    'devlaunch.config.mts',
    'const port: number = 8000\nexport default {\n  api: { server: "flask", port },\n  web 1,\n}\n',
  ],
  'TypeScript that Node runs nowhere': [
    'devlaunch.config.mts',
    'enum Port { api = 8000 }\nexport default { Port }\n',
  ],
  'an error of its own': ['devlaunch.config.mjs', 'const a = 1\nexport default {\n  api: missing(a),\n}\n'],
  'something else is thrown': ['devlaunch.config.mjs', 'throw "no"\n'],
  'a package that is not there': [
    'devlaunch.config.mjs',
    'import { defineConfig } from "devlaunch"\nexport default defineConfig({})\n',
  ],
  'a wrong value': [
    'devlaunch.config.mts',
    'const port: number = 8000\nexport default {\n  // port: the first\n  api: {\n    server: "flask",\n    port: port * 10,\n  },\n}\n',
  ],
  'a wrong value from elsewhere': [
    'devlaunch.config.mjs',
    'const shared = { port: 80000 }\nexport default {\n  api: { server: "flask", ...shared },\n}\n',
  ],
  'an unknown key in it': [
    'devlaunch.config.mjs',
    "export default {\n  'api': {\n    server: 'flask',\n    'prot': 1,\n  },\n}\n",
  ],
  'a function': ['devlaunch.config.mjs', 'export default () => ({})\n'],
}

test('every message for a file that Node loads', { timeout: 180_000 }, async () => {
  const texts: string[] = []
  for (const [title, [file, text]] of Object.entries(code)) {
    await using folder = await project({ '.git/HEAD': '', [file]: text })
    const { stderr, stdout, code } = await devlaunch(['api'], { cwd: folder.path })
    expect(stdout).toBe('')
    texts.push(`# ${title}; exit code ${code}\n${stderr.trim()}\n`)
  }
  await expect(texts.join('\n')).toMatchFileSnapshot('golden/config-code.txt')
})

test.each([
  ['devlaunch.config.ts', 'import { defineConfig } from "devlaunch"\nexport default defineConfig({})\n'],
  ['devlaunch.config.js', '\nexport default {}\n'],
])('%s where package.json says that it is no module', async (file, text) => {
  const manifest = '{ "type": "commonjs" }'
  await using folder = await project({ '.git/HEAD': '', 'package.json': manifest, [file]: text })
  const { code, stderr } = await devlaunch(['api'], { cwd: folder.path })
  expect(stderr).toContain(
    `▐ error USAGE: ${file}: its package.json says that it is CommonJS\n▐ do  call it `,
  )
  expect(stderr).toMatch(/ devlaunch\.config\.m[jt]s, or write "type": "module" into that package\.json$/)
  expect(code).toBe(2)
})

test('a Node that reads no TypeScript says in one line what to do', async () => {
  await using folder = await project({ 'devlaunch.config.ts': 'export default {}\n' })
  const [file, outfile] = ['devlaunch.config.ts', 'out.mjs'].map((name) => join(folder.path, name)) as [
    string,
    string,
  ]
  // our own sources are TypeScript, too
  await build({
    stdin: {
      contents: `import { importConfig } from './import-config.ts'
        await importConfig(${JSON.stringify(file)}, 'devlaunch.config.ts').catch(({ message }) => console.log(message))`,
      resolveDir: join(import.meta.dirname, '../src'),
    },
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', conditions: ['@devlaunch/source'] },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  const { stdout } = await execa(process.execPath, ['--no-experimental-strip-types', outfile])
  expect(stdout).toBe(
    `devlaunch.config.ts: Node ${process.versions.node} can't read TypeScript\n` +
      'what to do: use Node 22.18 or newer, or name the servers in package.json or in devlaunch.config.mjs',
  )
})

test.each([
  ['a key', 'export default { api: { port: 1 } }', ['api', 'port'], 1],
  ['in quotes', 'export default {\n\'my-api\': {\n"port": 1 } }', ['my-api', 'port'], 3],
  ['by a function', 'export default defineConfig({\napi: {\nport: 1 } })', ['api', 'port'], 3],
  ['in a list, by its key', 'export default {\napi: {\nargs: [\n"a",\n1] } }', ['api', 'args', 1], 3],
  ['not in a comment', '// api: { port: 1 }\n/* api: { */\nexport default { api: { } }', ['api'], 3],
  [
    'not in a text',
    'const text = "{ api: { port: 1 } }"\nexport default { api: { port: 1 } }',
    ['api', 'port'],
    2,
  ],
  ['not in a template', 'const text = `\n{ api: 1 }`\nexport default { api: 1 }', ['api'], 3],
  [
    'not what is chosen by a question',
    'export default { api: { port: a ? host : 2,\nhost: 1 } }',
    ['api', 'host'],
    2,
  ],
  [
    'not of another object',
    'const shared = { port: 1 }\nexport default { api: { ...shared } }',
    ['api', 'port'],
    undefined,
  ],
  ['not one of two', 'const old = { api: 1 }\nexport default { api: 1 }', ['api'], undefined],
  [
    'not in a function',
    'export default make(() => {\nreturn { api: { port: 1 } } })',
    ['api', 'port'],
    undefined,
  ],
  ['not behind a call', 'export default { api: server({ port: 1 }) }', ['api', 'port'], undefined],
  ['of a type there is no line', 'const api: Config = load()\nexport default { api }', ['api'], undefined],
  [
    'after a nested object',
    'export default {\napi: { env: { A: "b" }, port: 1 },\nweb: {\nport: 2 } }',
    ['web', 'port'],
    4,
  ],
])('the line of a key in code: %s', (_, text, path, line) => {
  expect(codeLines(text)(path)).toBe(line)
})

test("what somebody else has put into a folder above isn't obeyed", async () => {
  await using folder = await project({ 'package.json': manifest(api), 'repo/app/.keep': '' })
  await mkdir(join(folder.path, '.git'))
  const inside = join(folder.path, 'repo/app')
  expect(await choose(['api'], inside)).toMatchObject({ name: 'api' })
  await chmod(join(folder.path, 'package.json'), 0o666)
  await expect(choose(['api'], inside)).rejects.toMatchObject({ code: 'USAGE' })
  expect(await choose(['api'], folder.path)).toMatchObject({ name: 'api' })
})

test('what somebody else has put into a folder above holds nobody up', async () => {
  await using folder = await project({ 'repo/app/.keep': '' })
  await mkdir(join(folder.path, '.git'))
  await execa('mkfifo', [join(folder.path, 'package.json')]) // whoever opens it waits for a writer
  await execa('mkfifo', [join(folder.path, 'repo/package.json')])
  await expect(choose(['api'], join(folder.path, 'repo/app'))).rejects.toMatchObject({ code: 'USAGE' })
})

test('two files of which one is not obeyed are one', async () => {
  await using folder = await project({
    'package.json': manifest(api),
    'devlaunch.config.mjs': 'throw new Error("loaded")\n',
    'app/.keep': '',
  })
  await mkdir(join(folder.path, '.git'))
  await chmod(join(folder.path, 'devlaunch.config.mjs'), 0o666)
  expect(await choose(['api'], join(folder.path, 'app'))).toMatchObject({ name: 'api' })
})

test.runIf(process.getuid?.() === 0)('nor where one stands, if anybody can write there: /tmp', async () => {
  await using folder = await project({ 'package.json': manifest(api) })
  await chown(join(folder.path, 'package.json'), 12_345, 12_345)
  expect(await choose(['api'], folder.path)).toMatchObject({ name: 'api' })
  await chmod(folder.path, 0o1777)
  await expect(choose(['api'], folder.path)).rejects.toMatchObject({ code: 'USAGE' })
})

test('the nearest file counts, and none beyond the root of the repository', async () => {
  await using folder = await project({
    'package.json': manifest('"outside": { "server": "http" }'),
    'repo/.git/HEAD': '',
    'repo/package.json': manifest('"whole": { "server": "http" }'),
    'repo/app/devlaunch.config.mjs': 'export default { part: { server: "http" } }\n',
    'repo/web/package.json': '{ "devDependencies": { "devlaunch": "*" } }',
  })
  const chosen = async (path: string) => {
    const { stdout } = await devlaunch(['--dry-run', '--json'], { cwd: join(folder.path, path) })
    return JSON.parse(stdout).cwd
  }
  expect(await chosen('repo/app')).toBe(join(folder.path, 'repo/app'))
  expect(await chosen('repo/web')).toBe(join(folder.path, 'repo'))
  await expect(choose(['outside'], join(folder.path, 'repo'))).rejects.toMatchObject({ code: 'USAGE' })
})

test('servers that only prefer one port share it: the next one is free', async () => {
  await using folder = await project({
    'package.json': manifest(
      '"api": { "server": "http", "port": 8000 }',
      '"web": { "server": "http", "port": 8000 }',
    ),
  })
  expect(await choose(['web'], folder.path)).toMatchObject({ options: { port: 8000 } })
})

test.each([
  ['devlaunch.config.ts', 'export default SERVERS'],
  ['devlaunch.config.mjs', 'export default SERVERS'],
  ['package.json', '{ "devlaunch": SERVERS }'],
])('%s that has changed is read again', async (name, text) => {
  const on = (port: number) => text.replace('SERVERS', `{ "api": { "server": "http", "port": ${port} } }`)
  await using folder = await project({ [name]: on(8001) })
  const read = async () => (await readConfig(join(folder.path, name))).value
  expect(await read()).toMatchObject({ api: { port: 8001 } })
  await writeFile(join(folder.path, name), on(8002))
  expect(await read()).toMatchObject({ api: { port: 8002 } })
})

test('a broken package.json is nothing to who names a server of devlaunch', async () => {
  await using folder = await project({ 'package.json': '{ "devlaunch": ' })
  expect(await choose(['http'], folder.path)).toMatchObject({ adapter: { name: 'http' } })
  await expect(choose([], folder.path)).rejects.toMatchObject({
    message: expect.stringMatching(/package\.json:1: /),
  })
})

test('a folder that is not there', async () => {
  await expect(choose(['api'], '/nonexistent')).rejects.toMatchObject({
    code: 'USAGE',
    summary: 'the working directory /nonexistent does not exist',
  })
})

test('a file that nobody may read', async () => {
  await using folder = await project({ 'devlaunch.config.mjs/x': '' })
  await expect(choose(['api'], folder.path)).rejects.toMatchObject({ code: 'USAGE' })
})

test('schema.json is what is checked: node --conditions=@devlaunch/source scripts/schema.js', async () => {
  expect(await readFile(join(import.meta.dirname, '../schema.json'), 'utf8')).toBe(schema())
})

test('the examples of docs/config.md', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../docs/config.md'), 'utf8')
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? []
  const [, ts = ''] = /```ts\n(import[\s\S]*?)```/.exec(text) ?? []
  const folders = { '.git/HEAD': '', 'backend/.keep': '', 'orders/.keep': '' }
  await using manifest = await project({ ...folders, 'package.json': json })
  await using code = await project({ ...folders, 'devlaunch.config.mts': ts })
  await mkdir(join(code.path, 'node_modules'))
  await symlink(join(import.meta.dirname, '..'), join(code.path, 'node_modules/devlaunch'))
  for (const { path } of [manifest, code]) {
    const { stderr } = await devlaunch([], { cwd: path })
    expect(stderr).toMatch(
      /devlaunch api +(?:package\.json:4|devlaunch\.config\.mts:4)\n.*devlaunch orders +/,
    )
  }
})

test('who names no server loads nothing of this', async () => {
  await using bare = await project({
    '.git/HEAD': '',
    'package.json': '{ "devDependencies": { "devlaunch": "*" } }',
  })
  await using folder = await project({
    '.git/HEAD': '',
    'package.json': manifest('"web": { "server": "http" }'),
  })
  const env = { NODE_OPTIONS: `--import=${new URL('./kit/loaded.mjs', import.meta.url)}` }
  const loads = async (cwd: string, ...words: string[]) => {
    const { stderr } = await devlaunch([...words, '--dry-run'], { cwd, env })
    return stderr.match(/(?<=^loads )\S+/gm)
  }
  expect(await loads(bare.path)).toBeNull()
  expect(await loads(folder.path, 'http')).toBeNull()
  expect(await loads(folder.path, 'web')).toEqual(expect.arrayContaining(['valibot', 'jsonc-parser']))
})
