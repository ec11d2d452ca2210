import { constants, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

await rm('dist', { recursive: true, force: true })

// One file that is compiled once: unbundled, execa alone costs three times Node's own start (docs/decisions.md).
const { metafile } = await build({
  entryPoints: ['src/bin.ts'],
  outfile: 'dist/bin.cjs',
  bundle: true,
  platform: 'node',
  target: 'node22.12',
  format: 'cjs',
  conditions: ['@devlaunch/source'],
  mainFields: ['module', 'main'], // jsonc-parser's main is UMD, whose parts a bundler doesn't see
  external: ['open'], // finds a script of its own beside itself
  define: { 'import.meta.url': '__moduleUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  minifyWhitespace: true, // half the text to read, and to keep in memory
  legalComments: 'inline',
  metafile: true,
})
const packages = Object.keys(metafile.inputs).flatMap(
  (file) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
)
const notices = await Promise.all([...new Set(packages)].sort().map(notice))
await writeFile('dist/THIRD-PARTY.txt', `bin.cjs contains these packages.\n\n${notices.join('\n\n')}`)

const sources = { recursive: true, filter: (path) => !path.includes('__pycache__') }
await cp('../core/guard', 'guard', sources)
await rm('python', { recursive: true, force: true })
await mkdir('python')
for (const server of await readdir('..')) {
  const all = server === 'cli' ? [] : await readdir(`../${server}/python`).catch(() => [])
  const files = all.filter((file) => file.endsWith('.py'))
  // two of one name would be an error: each adapter looks for its own in this folder
  for (const file of files)
    await copyFile(`../${server}/python/${file}`, `python/${file}`, constants.COPYFILE_EXCL)
}

/** Name, version and licence text of what was bundled: a licence asks for no more, and for no less. */
async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find((file) => /^licen[cs]e(?:\.|$)/i.test(file))
  if (!file) throw new Error(`${folder} has no licence text to ship beside the bundle`)
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${await readFile(`${folder}/${file}`, 'utf8')}`
}
