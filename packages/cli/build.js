import { cp } from 'node:fs/promises'
import { build } from 'esbuild'

// One file that is compiled once: unbundled, execa alone costs three times Node's own start (docs/decisions.md).
await build({
  entryPoints: ['src/bin.ts'],
  outfile: 'dist/bin.cjs',
  bundle: true,
  platform: 'node',
  target: 'node22.12',
  format: 'cjs',
  conditions: ['@devlaunch/source'],
  external: ['open'], // finds a script of its own beside itself
  define: { 'import.meta.url': '__moduleUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  minifyWhitespace: true, // half the text to read, and to keep in memory
  legalComments: 'inline',
})
const sources = { recursive: true, filter: (path) => !path.includes('__pycache__') }
await cp('../core/guard', 'guard', sources)
await cp('../wsgi/python', 'python', sources)
