import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { DevlaunchError, here, projectFolders, quote, show } from '@devlaunch/core'
import type { Arguments } from './args.ts'
import { checkConfig } from './check-config.ts'
import type { Config, Definition } from './definition.ts'
import { editManifest } from './edit-manifest.ts'
import { findConfig } from './find-config.ts'
import { isObject } from './is-object.ts'
import { type Proposal, propose } from './propose.ts'
import { readConfig, shortName } from './read-config.ts'
import { showChange } from './show-change.ts'

const { stdin, stdout, stderr } = process

/**
 * Names the servers of a project in its package.json, after it has shown the change: asks in a terminal, writes with
 * `--yes`, and writes nothing otherwise.
 */
export async function init({ words, cwd, yes }: Arguments): Promise<number> {
  if (words[1] !== undefined) {
    throw new DevlaunchError('USAGE', `unexpected ${quote(words[1])}`, {
      hint: '--cwd DIR names another folder',
    })
  }
  const folder = resolve(here().cwd, cwd ?? '.')
  const { file, mark, text, named } = await readManifest(folder)
  const proposals = (await propose(folder, dirname(file), Object.keys(named))).filter(isNew(named))
  if (proposals.length === 0) return nothing(folder, file, Object.keys(named))
  const edited = editManifest(text || empty, proposals)
  stdout.write(showChange(proposals, shortName(file), text, edited))
  const answer = yes || (await ask(`Write ${shortName(file)}?`))
  if (answer === undefined) stderr.write('Nothing was written: devlaunch init --yes writes it.\n')
  if (answer === false) stderr.write('Nothing was written.\n')
  if (!answer) return 0
  await write(file, mark + edited)
  stderr.write(`\nWrote ${shortName(file)}. ${next(edited, proposals)}\n`)
  return 0
}

/** What a project of Python alone gets. */
const empty = '{\n  "private": true\n}\n'

/** The nearest one, or none yet. */
async function readManifest(cwd: string) {
  const config = await findConfig(cwd)
  if (config !== undefined && basename(config) !== 'package.json') {
    throw new DevlaunchError(
      'USAGE',
      `servers are named in ${shortName(config)}, which init doesn't change`,
      {
        hint: 'add them there: docs/config.md has examples',
      },
    )
  }
  const file = config ?? (await nearest(cwd)) ?? join(cwd, 'package.json')
  const all = await readFile(file, 'utf8').catch(() => '')
  const mark = all.startsWith('\uFEFF') ? '\uFEFF' : '' // Windows editors write it, npm leaves it
  const text = all.slice(mark.length)
  const source = text ? await readConfig(file) : undefined
  return { file, mark, text, named: source?.value === undefined ? {} : checkConfig(source) }
}

/** What there may be already. */
function partsOf(text: string): Readonly<Record<string, unknown>> {
  return { scripts: {}, ...JSON.parse(text) }
}

async function nearest(cwd: string): Promise<string | undefined> {
  for (const folder of await projectFolders(cwd, process.env)) {
    const file = join(folder, 'package.json')
    if ((await stat(file).catch(() => undefined))?.isFile()) return file
  }
  return undefined
}

/** One server in one folder is there already, whatever else is said of it; and one app, from wherever it is imported. */
function isNew(named: Config) {
  const place = (cwd = '.') => resolve('/', cwd)
  const file = ({ app, cwd }: { readonly app?: string; readonly cwd?: string }) =>
    app === undefined ? undefined : join(place(cwd), app.replace(/:.*/s, '').replaceAll('.', '/'))
  const same = (one: Proposal['definition'], other: Definition) =>
    (one.server === other.server && place(one.cwd) === place(other.cwd)) ||
    (file(one) !== undefined && file(one) === file(other))
  return ({ definition }: Proposal) => !Object.values(named).some((each) => same(definition, each))
}

function nothing(cwd: string, file: string, names: readonly string[]): number {
  if (names.length > 0) {
    stdout.write(`Nothing to add: ${shortName(file)} names ${names.join(', ')}.\n`)
    return 0
  }
  throw new DevlaunchError('USAGE', `no Python server was recognised in ${show(cwd)} or one folder below`, {
    output: `In package.json it would be, for example:\n\n  ${example}`,
    hint: 'write it there, with the server and the app that you have',
  })
}

const example = '"devlaunch": { "api": { "server": "flask", "app": "app:app", "cwd": "backend" } }'

/** `undefined`: there is nobody to ask. */
async function ask(question: string): Promise<boolean | undefined> {
  if (!stdin.isTTY || !stdout.isTTY) return undefined
  const lines = createInterface({ input: stdin, output: stdout })
  const left = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  const answer = await Promise.race([lines.question(`\n${question} [y/N] `).catch(() => ''), left])
  lines.close()
  return /^y(?:es)?$/i.test(answer.trim())
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause) => {
    throw new DevlaunchError('FAILED', `${show(file)} can't be written: ${cause.code}`, {
      cause,
      hint: 'ask its owner for the right to write it',
    })
  })
}

function next(text: string, proposals: readonly Proposal[]): string {
  const { scripts, dependencies, devDependencies } = partsOf(text)
  const [first] = proposals
  const all = Object.entries(isObject(scripts) ? scripts : {})
  const [script] = all.find(([, words]) => words === `devlaunch ${first?.name}`) ?? []
  const run = script ? `npm run ${script}` : `npx devlaunch ${first?.name}`
  const isThere = [dependencies, devDependencies].some((each) => isObject(each) && 'devlaunch' in each)
  return `Next: ${isThere ? run : `npm i -D devlaunch, then ${run}`}`
}
