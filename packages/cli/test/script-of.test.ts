import { expect, test } from 'vitest'
import { nameOf, scriptOf } from '../src/runners.ts'

/** The words of npm, which makes one of them: its title. */
const npm = (title: string) => [title]
const sh = (script: string) => ['sh', '-c', script]
const line = (text: string) => text.split(' ')
const bash = ['-bash']

type Chain = readonly (readonly string[])[]

/** Command lines from our parent upwards: those that we belong to, and those above them. */
const chains: Readonly<Record<string, readonly [Chain, Chain]>> = {
  'a shell that a person types in': [[], [bash]],
  npm: [[sh('devlaunch flask'), npm('npm run dev')], [bash]],
  'npm, whose shell has become us': [[npm('npm run dev')], [['zsh', '-l']]],
  'npm as a file': [[sh('x'), line('node /usr/lib/node_modules/npm/bin/npm-cli.js run dev')], [['fish']]],
  'npm below npm': [[sh('x'), npm('npm run dev:api'), sh('npm run dev:api'), npm('npm run dev')], [bash]],
  npx: [[sh('devlaunch'), npm('npm exec devlaunch flask')], [bash]],
  pnpm: [[sh('x'), line('node /opt/pnpm/bin/pnpm.cjs run dev')], [bash]],
  'yarn, without a shell': [[line('node /repo/.yarn/releases/yarn-4.9.1.cjs dev')], [bash]],
  'yarn by corepack': [
    [line('/usr/bin/node /home/me/.cache/corepack/v1/yarn/1.22.22/bin/yarn.js dev')],
    [bash],
  ],
  bun: [[line('bun run dev')], [bash]],
  'Node itself': [[sh('x'), line('node --run dev')], [bash]],
  turbo: [
    [
      ...[sh('x'), npm('npm run dev'), line('/repo/node_modules/@turbo/linux-64/bin/turbo run dev')],
      line('node /repo/node_modules/.bin/turbo run dev'),
    ],
    [bash],
  ],
  concurrently: [
    [
      sh('x'),
      line('node /repo/node_modules/.bin/concurrently a b'),
      sh('concurrently a b'),
      npm('npm run dev'),
    ],
    [bash],
  ],
  'Playwright, by the package of its file': [
    [sh('x'), line('node /repo/node_modules/@playwright/test/cli.js test')],
    [bash],
  ],
  'cross-env': [[line('node /repo/node_modules/.bin/cross-env A=1 devlaunch'), npm('npm run dev')], [bash]],
  "a shell's script": [[['sh', './dev.sh'], sh('./dev.sh'), npm('npm run dev')], [bash]],
  "a shell's script that starts npm": [
    [sh('x'), npm('npm run dev')],
    [['sh', './everything.sh'], bash],
  ],
  'a script that stays when its shell has gone': [[sh('x'), npm('npm run dev')], []],
  "somebody's own program below npm": [[], [line('node e2e.js'), sh('node e2e.js'), npm('npm run e2e')]],
  'a shell that a person has opened below npm': [[], [['bash'], npm('npm exec -c bash'), bash]],
  'a test runner': [[], [line('node /repo/node_modules/vitest/dist/workers/forks.js'), npm('npm test')]],
  'nothing that can be seen': [[], []],
}

test.for(Object.entries(chains))('%s', ([, [script, others]]) => {
  const ancestors = [...script, ...others].map((words, index) => ({ pid: 900 - index, started: '1', words }))
  expect(scriptOf(ancestors)).toEqual(ancestors.slice(0, script.length))
})

test.for([
  [npm('npm run dev'), 'npm run dev'],
  [line('node /usr/bin/yarn dev'), 'yarn dev'],
  [line('/usr/bin/node --run dev'), 'node --run dev'],
  [line('/repo/node_modules/@turbo/linux-64/bin/turbo run dev'), 'turbo run dev'],
] as const)('%j is shown as "%s"', ([words, name]) => {
  expect(nameOf({ pid: 1, started: '1', words })).toBe(name)
})
