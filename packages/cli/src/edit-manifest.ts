import { applyEdits, type FormattingOptions, modify } from 'jsonc-parser'
import type { Proposal } from './propose.ts'

/** A package.json with these servers and a script for each. What is there stays as it is, to the byte. */
export function editManifest(text: string, proposals: readonly Proposal[]): string {
  const { scripts = {} } = JSON.parse(text)
  const formattingOptions = formatOf(text)
  const set = (text: string, path: readonly string[], value: unknown) =>
    applyEdits(text, modify(text, [...path], value, { formattingOptions }))
  const used = new Set(Object.keys(scripts))
  let edited = text
  for (const { name } of proposals) {
    const free = [...(proposals.length === 1 ? ['dev'] : []), `dev:${name}`].find((each) => !used.has(each))
    if (free) edited = set(edited, ['scripts', free], `devlaunch ${name}`)
  }
  for (const { name, definition } of proposals) edited = set(edited, ['devlaunch', name], definition)
  return edited
}

/** As the file has it. */
function formatOf(text: string): FormattingOptions {
  const [, indent = '  '] = /^([ \t]+)"/m.exec(text) ?? []
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  }
}
