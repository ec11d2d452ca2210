import { registerHooks } from 'node:module'

// Says which packages a program loads, those that only a configuration needs.
registerHooks({
  resolve(specifier, context, next) {
    if (/^(?:valibot|jsonc-parser)$/.test(specifier)) process.stderr.write(`loads ${specifier}\n`)
    return next(specifier, context)
  },
})
