import { join } from 'node:path'

/**
 * One start of a server by a tool: `words` is the server's own command, `file` where the probe notes who answered.
 * A tool that runs no command of its own says `ready`, and the url, in its output.
 * @typedef {{ cwd: string, words: string[], devlaunch: string[], extra: string[], url: string, port: number, file: string }} Task
 * @typedef {{ name: string, script: string, args: (task: Task) => string[], env?: (task: Task) => Record<string, string>, ready?: RegExp }} Tool
 */

const here = import.meta.dirname
export const modules = join(here, 'node_modules')
export const devlaunch = join(here, '../../packages/cli/bin/devlaunch.cjs')

/** @param {string[]} words */
export const line = (words) =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ')

/** @param {Task} task */
const probe = ({ url, file }) => line([process.execPath, join(here, 'probe.js'), url, file])

/** @param {'yes' | 'no'} reuse @returns {Tool} */
const playwright = (reuse) => ({
  name: `Playwright webServer, reuseExistingServer: ${reuse === 'yes'}`,
  script: join(modules, '@playwright/test/cli.js'),
  args: () => ['test', '--config', join(here, 'playwright/playwright.config.js'), 'probe'],
  env: ({ words, cwd, url, file }) => ({
    PEER_COMMAND: line(words),
    PEER_CWD: cwd,
    PEER_URL: url,
    PEER_FILE: file,
    PEER_REUSE: reuse,
    PEER_OUTPUT: `${file}-playwright`,
  }),
})

/** @type {Tool[]} */
export const tools = [
  {
    name: 'devlaunch',
    script: devlaunch,
    args: (task) => [...task.devlaunch, '--port', `${task.port}`, ...task.extra],
    ready: /Local +(http:\/\/\S+)/,
  },
  {
    name: 'start-server-and-test',
    script: join(modules, 'start-server-and-test/src/bin/start.js'),
    args: (task) => [line(task.words), task.url.replace('http:', 'http-get:'), probe(task)],
  },
  playwright('no'),
  playwright('yes'),
  {
    name: 'concurrently with wait-on',
    script: join(modules, 'concurrently/dist/bin/index.js'),
    args: (task) => {
      const wait = line([
        process.execPath,
        join(modules, 'wait-on/bin/wait-on'),
        `http-get${task.url.slice(4)}`,
      ])
      return ['--kill-others', line(task.words), `${wait} && ${probe(task)}`]
    },
  },
  {
    name: 'execa alone, killDescendants: true',
    script: join(here, 'execa.js'),
    args: ({ url, file, words }) => [url, file, ...words],
  },
]
