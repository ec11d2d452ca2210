import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import {
  type AnyAdapter,
  checkWishes,
  DevlaunchError,
  type OwnOptions,
  resolvePolicy,
  show,
} from '@devlaunch/core'
import type { FrontOptions } from '@devlaunch/front'
import { adapters } from './adapters.ts'
import { checkConfig } from './check-config.ts'
import type { Choice } from './choice.ts'
import type { Definition } from './definition.ts'
import { readConfig, type Source } from './read-config.ts'

/** A server that a project has given a name. */
export interface Named {
  readonly name: string
  readonly adapter: AnyAdapter
  /** `package.json:14` */
  readonly place: string
  /** How it is started. @throws DevlaunchError `USAGE` for what isn't there. */
  readonly choose: () => Promise<Choice>
}

/** @throws DevlaunchError `USAGE` for a file that can't be read or makes no sense. */
export async function readNamed(file: string): Promise<readonly Named[]> {
  const source = await readConfig(file)
  return Object.entries(checkConfig(source)).map(([name, definition]) => {
    const adapter = adapters.find((each) => each.name === definition.server) as AnyAdapter
    const place = source.at(name).replace(/: .*/, '')
    return { name, adapter, place, choose: () => choice(name, adapter, definition, source) }
  })
}

async function choice(
  name: string,
  adapter: AnyAdapter,
  definition: Definition,
  source: Source,
): Promise<Choice> {
  const { server: _, cwd = '.', envFile, python, front, frontStatic, tls, ...rest } = definition
  const folder = dirname(source.file)
  const path = (text: string) => resolve(folder, text)
  const options = {
    ...rest,
    project: folder,
    cwd: path(cwd),
    ...(envFile !== undefined && { envFile: path(envFile) }),
    ...(python !== undefined && { python: isWord(python) ? python : path(python) }),
  }
  await check(adapter, options, (...keys) => source.at(name, ...keys))
  const target: unknown = options[adapter.target.option as never]
  return {
    name,
    adapter,
    target: typeof target === 'string' ? target : undefined,
    options,
    ...(front && { front: frontOptions({ front, tls, ...(frontStatic && { frontStatic }) }, path) }),
  }
}

/** A command on the PATH. */
function isWord(python: string): boolean {
  return basename(python) === python && !python.startsWith('.')
}

type Front = Pick<FrontOptions, 'front' | 'tls'> & Pick<Definition, 'frontStatic'>

function frontOptions({ front, frontStatic = {}, tls }: Front, path: (text: string) => string): FrontOptions {
  const statics = Object.entries(frontStatic).map(([place, folder]) => [place, path(folder)])
  return {
    front,
    statics: Object.fromEntries(statics),
    ...(tls && { tls: { certificate: path(tls.certificate), key: path(tls.key) } }),
  }
}

/** What would be refused later is refused here, where it can be said which line is meant. */
async function check(adapter: AnyAdapter, options: OwnOptions & { readonly cwd: string }, at: Source['at']) {
  const { debug = false, reload = false } = options
  if (!(await stat(options.cwd).catch(() => undefined))?.isDirectory()) {
    throw new DevlaunchError('USAGE', `${at('cwd')}: ${show(options.cwd)} is no folder`, {
      hint: 'name one, from the folder of this file on',
    })
  }
  try {
    const policy = resolvePolicy({ debug, reload }, { host: '127.0.0.1', reach: 'loopback' }, adapter.port)
    checkWishes(adapter, options, policy)
  } catch (error) {
    if (!(error instanceof DevlaunchError)) throw error
    const { code, summary, hint, cause } = error
    throw new DevlaunchError(code, `${at()}: ${summary}`, { ...(hint && { hint }), cause })
  }
}
