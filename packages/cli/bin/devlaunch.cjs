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
  try {
    var cache = cacheFolder()
    if (cache) require('node:module').enableCompileCache(cache)
  } catch (_) {
    // it saves some milliseconds, no more: a user without a home does without
  }
  require('../dist/bin.cjs')
}

// Not Node's default, a folder in /tmp: whoever made that first could choose the code that is run. For the same
// reason every folder on the way that is there must be ours; the first must be there.
function cacheFolder() {
  var fs = require('node:fs')
  var path = require('node:path')
  var xdg = process.env.XDG_CACHE_HOME
  var folders = xdg && path.isAbsolute(xdg) ? [xdg] : [require('node:os').homedir()]
  if (folders[0] !== xdg) folders.push(path.join(folders[0], '.cache'))
  folders.push(path.join(folders[folders.length - 1], 'devlaunch'))
  var ours = folders.every(function (folder, index) {
    var found = fs.statSync(folder, { throwIfNoEntry: index === 0 })
    return !found || !process.getuid || (found.uid === process.getuid() && (found.mode & 2) === 0)
  })
  return ours ? folders[folders.length - 1] : undefined
}
