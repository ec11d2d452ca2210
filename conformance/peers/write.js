import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(import.meta.dirname, '../../docs/guarantees.md')

/** Replaces what stands between two marks of the document. @param {string} name @param {string} text */
export function write(name, text) {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const page = readFileSync(file, 'utf8')
  if (!page.includes(from) || !page.includes(to)) throw new Error(`${file} has no ${from} or no ${to}`)
  const before = page.slice(0, page.indexOf(from) + from.length)
  writeFileSync(file, `${before}\n\n${text}\n\n${page.slice(page.indexOf(to))}`)
}
