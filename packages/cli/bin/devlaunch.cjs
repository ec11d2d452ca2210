#!/usr/bin/env node
// Written for every Node there is: an old one must get as far as the sentence below.
'use strict'

var version = process.versions.node.split('.').map(Number)
var args = process.argv.slice(2)

if (version[0] < 22 || (version[0] === 22 && version[1] < 12)) {
  console.error('devlaunch needs Node 22.12 or newer, this is ' + process.versions.node + ': https://nodejs.org')
  process.exitCode = 2
} else if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  console.log(require('../package.json').version)
} else {
  start()
}

function start() {
  var os = require('node:os')
  var path = require('node:path')
  // Not Node's default, a folder in /tmp: whoever made that first could choose the code that is run.
  var cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache')
  require('node:module').enableCompileCache(path.join(cache, 'devlaunch'))
  require('../dist/bin.cjs')
}
