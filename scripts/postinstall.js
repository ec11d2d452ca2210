import { installed } from './setup.js'

installed().write()
