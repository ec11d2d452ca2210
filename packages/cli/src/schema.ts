import { risks } from '@devlaunch/core'
import { fronts } from '@devlaunch/front'
import * as v from 'valibot'
import { adapters } from './adapters.ts'
import type { Common, Definition, Own, Servers } from './definition.ts'

type Schema = v.GenericSchema

/** `is`: what a value that doesn't fit is not; `write`: what to do about it; `text`: for an editor. */
function field(schema: Schema, is: string, write: string, text: string): Schema {
  return v.pipe(v.config(schema, { message: `${is}\n${write}` }), v.description(text))
}

const word: Schema = v.pipe(v.string(), v.nonEmpty())

function path(what: string, example: string, text: string): Schema {
  return field(word, what, `write a path, for example "${example}"`, text)
}

function flag(text: string): Schema {
  return field(v.boolean(), 'true or false', 'write true or false, without quotes', text)
}

/** Whoever writes 30 means seconds. */
function milliseconds(longest: number, text: string): Schema {
  const range = v.pipe(v.number(), v.minValue(1000), v.maxValue(longest))
  return field(range, 'a time', `write milliseconds, from 1000 to ${longest}: 30 s are 30000`, text)
}

function oneOf(names: readonly string[], is: string, text: string): Schema {
  return field(v.picklist(names), is, `one of: ${names.join(', ')}`, text)
}

const day = 86_400_000

/** What every server has. */
export const common: { readonly [Key in keyof Common]-?: Schema } = {
  cwd: path('a folder', 'backend', 'Where it runs. Default: the folder of this file.'),
  host: field(
    word,
    'an address',
    'write one, for example "127.0.0.1"',
    'Address to listen on. Default 127.0.0.1.',
  ),
  port: field(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
    'a port',
    'write a whole number from 1 to 65535',
    'First choice of port of the command line; launch() takes any free one, unless strictPort is on.',
  ),
  strictPort: flag('That port or none.'),
  lan: field(
    v.union([v.boolean(), word]),
    'a network',
    'write true, or the name of an interface, or an address',
    'Open it to the devices of one network: true, its interface or its address. Of the command line only.',
  ),
  lanFor: milliseconds(24 * day, 'Leave that network again after so many milliseconds.'),
  follow: flag('When the address of lan has gone, go on at the next one.'),
  allow: field(
    v.array(v.picklist(Object.keys(risks), `a risk\none of: ${Object.keys(risks).join(', ')}`)),
    'a list of risks',
    `a list with some of: ${Object.keys(risks).join(', ')}`,
    'Risks that are accepted, by name.',
  ),
  debug: flag("The server's debugger. Beyond loopback it is a risk."),
  reload: flag('Restart when a source changes. Of the command line only.'),
  seal: flag('The kernel refuses unplanned TCP listeners (Linux 6.7).'),
  args: field(
    v.array(v.string('a text\nwrite it in quotes')),
    'a list of texts',
    'write a list of texts, for example ["--workers", "2"]',
    'Arguments for the server itself.',
  ),
  env: field(
    v.record(v.string(), v.string()),
    'a text',
    'write names and texts, for example { "LEVEL": "2" }',
    'Variables for the server.',
  ),
  envFile: path('a file', '.env', 'A file with NAME=value lines for the server.'),
  python: path('an interpreter', '.venv', 'An interpreter, or the folder of a virtual environment.'),
  readyPath: field(
    v.pipe(v.string(), v.regex(/^\/(?!\/)/)),
    'a path',
    'start it with one slash, for example "/health"',
    'Ready means: no error on this path.',
  ),
  timeout: milliseconds(day, 'Milliseconds until it must be ready. Default 60000.'),
  front: oneOf(Object.keys(fronts), 'a front', 'What stands in front of it.'),
  frontStatic: field(
    v.record(v.string(), word),
    'a folder',
    'write paths and folders, for example { "/static": "build/static" }',
    'Files that the front serves itself, by the path of the site.',
  ),
  tls: field(
    v.strictObject({ certificate: word, key: word }),
    'two files',
    'name two PEM files: { "certificate": "cert.pem", "key": "key.pem" }',
    'Two PEM files: the front then speaks https.',
  ),
}

/** What `target.option` of an adapter can be called. */
type Target = 'app' | 'command' | 'directory' | 'manage'

type More<Name extends keyof Servers> = Exclude<keyof Own<Name>, Target>

/** What a server has beside its target. */
const more: {
  readonly [Name in keyof Servers as More<Name> extends never ? never : Name]: Record<More<Name>, Schema>
} = {
  granian: { interface: oneOf(['asgi', 'asginl', 'rsgi', 'wsgi'], 'an interface', 'What the app speaks.') },
}

function target({ kind, example }: (typeof adapters)[number]['target']): Schema {
  switch (kind) {
    case 'app':
      return field(word, 'an app', `write it as in "${example}"`, 'The app: a module and a name in it.')
    case 'command':
      return field(
        v.pipe(v.array(v.string()), v.nonEmpty()),
        'a command',
        'write a list: ["python", "app.py"]',
        'A program and its arguments.',
      )
    case 'directory':
      return path('a folder', example, 'The folder to serve, from cwd on.')
    case 'file':
      return path('a file', example, `The path of ${example}, from cwd on.`)
  }
}

const definitions = adapters.map((adapter) => {
  const { option, required } = adapter.target
  const others = { ...(more as Record<string, Record<string, Schema>>)[adapter.name], ...common }
  const optional = Object.entries(others).map(([key, schema]) => [key, v.exactOptional(schema)] as const)
  const entries = {
    server: v.literal(adapter.name),
    [option]: required ? target(adapter.target) : v.exactOptional(target(adapter.target)),
    ...Object.fromEntries(optional),
  }
  // without a prototype, or valibot takes "constructor" for a key that is known
  return v.strictObject(Object.assign(Object.create(null), entries) as typeof entries)
})

/** A named server; also what an editor is told, in schema.json. */
export const definition = v.variant('server', definitions as never) as unknown as v.GenericSchema<
  unknown,
  Definition
>

/** The keys that a definition of this server can have. */
export function keysOf(server: unknown): readonly string[] {
  const index = adapters.findIndex(({ name }) => name === server)
  return Object.keys(definitions[index]?.entries ?? {})
}
