import { join } from 'node:path'
import { devlaunch, line, modules } from './tools.js'

/** @typedef {import('./tools.js').Tool} Tool */
/** @typedef {import('./tools.js').Task} Task */

const here = import.meta.dirname
const test = join(here, 'first-test.js')

/** @param {Task} task */
const env = ({ url, file }) => ({ TEST_URL: url, TEST_FILE: file })

/**
 * The ways to run a test against a server of its own, each as its documentation has it.
 * @type {(Tool & { packages: string[] })[]}
 */
export const testers = [
  {
    name: 'devlaunch test',
    packages: [],
    script: devlaunch,
    args: (task) => ['test', ...task.devlaunch, '--', process.execPath, test],
    env,
  },
  {
    name: 'start-server-and-test',
    packages: ['start-server-and-test'],
    script: join(modules, 'start-server-and-test/src/bin/start.js'),
    args: ({ words, url }) => [
      line(words),
      url.replace('http:', 'http-get:'),
      line([process.execPath, test]),
    ],
    env,
  },
  {
    name: 'Playwright webServer',
    packages: ['@playwright/test'],
    script: join(modules, '@playwright/test/cli.js'),
    args: () => ['test', '--config', join(here, 'playwright/playwright.config.js'), 'first-test'],
    env: (task) => ({
      ...env(task),
      PEER_COMMAND: line(task.words),
      PEER_CWD: task.cwd,
      PEER_URL: task.url,
      PEER_REUSE: 'no',
      PEER_OUTPUT: `${task.file}-playwright`,
    }),
  },
  {
    name: 'jest-dev-server',
    packages: ['jest-dev-server'],
    script: join(here, 'jest-dev-server.js'),
    args: ({ words, port }) => [test, `${port}`, line(words)],
    env,
  },
  {
    name: 'execa, get-port, finally',
    packages: ['execa', 'get-port'],
    script: join(here, 'by-hand.js'),
    // any free port, as get-port is asked for one
    args: ({ words, port }) => [test, ...words.map((word) => word.replace(`${port}`, 'PORT'))],
    env: ({ file }) => ({ TEST_FILE: file }),
  },
]
