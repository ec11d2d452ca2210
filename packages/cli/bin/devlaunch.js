#!/usr/bin/env node
// npm links a workspace's bin only when the file exists, and dist doesn't before the first build.
import '../dist/bin.js'
