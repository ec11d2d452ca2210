import { type AnyAdapter, risks } from '@devlaunch/core'
import { adapters } from './adapters.ts'
import { options } from './args.ts'
import { wrapped } from './table.ts'

/** For `--help`. */
export function help(): string {
  return `devlaunch starts a Python server on the address you meant, and proves it.

  devlaunch [server] [target] [options] [-- arguments of the server]
  devlaunch NAME [options]     a server that the project names in package.json
  devlaunch init               names the servers that it finds there
  devlaunch which [server]     the Python that would be used, and why no other
  devlaunch test [server] [target] [options] [--and ...] -- command
                               beside servers; DEVLAUNCH_URL is the first one's
  devlaunch front NAME [server] [target]   the configuration of that proxy
  devlaunch ps                 what runs on this machine for you
  devlaunch stop [name]        end a server of this folder; --all: all of yours
  devlaunch url [name]         where it is reached; --timeout S: wait for it

Servers (without one, devlaunch looks at what the project names, or shows):
${wrapped(adapters.map((adapter) => [`${adapter.name} ${targetWord(adapter)}`, summary(adapter)]))}

Options:
${optionTable()}

Risks, each accepted by --allow:
${wrapped(Object.entries(risks))}

Exit codes: 2 usage, 3 refused, 4 no Python or framework, 5 port taken,
6 failed, 7 not ready in time, 8 exposed, 9 runs already, 10 doesn't run,
130 Ctrl-C, 143 SIGTERM, 129 SIGHUP; otherwise the server's own.
`
}

/** For `devlaunch flask --help`. */
export function helpFor(adapter: AnyAdapter): string {
  const { name, package: wanted, port, target, scrub, enforce } = adapter
  const rows = Object.entries(enforce).map(([field, row]) => [
    field,
    row === 'absent'
      ? 'it has no such thing'
      : row === 'app-decides'
        ? 'only your app can switch it'
        : 'by flag or variable',
  ])
  const usage =
    target.kind === 'command'
      ? `[options] ${target.example}`
      : `${targetWord(adapter)} [options] [-- arguments of ${name}]`
  return `devlaunch ${name} ${usage}

${wrapped([
  ['needs', wanted ? wanted.distribution : 'nothing but Python'],
  ['target', `${targetHelp[target.kind]}${target.path ? '; or a path' : ''}`],
  [
    'port',
    `${port}, or the next free one${enforce.bind === 'app-decides' ? ', unless the app decides' : ''}`,
  ],
  ['reload', reloading(adapter)],
  ['not passed on', scrub.join(' ') || 'nothing'],
])}

How the policy is enforced:
${wrapped(rows as [string, string][])}

Options:
${optionTable()}
`
}

function reloading({ enforce, reload }: AnyAdapter): string {
  if (enforce.reload === 'absent') return 'it has no such thing'
  return reload ? 'on; --no-reload switches it off' : 'off; --reload switches it on'
}

const targetHelp = {
  app: 'module:name, or module:factory(); found by itself where there is one',
  command: 'a program and its arguments, behind --',
  directory: 'a directory; default: this one',
  file: 'found here, above, or one folder below',
}

function targetWord({ target }: AnyAdapter): string {
  return target.required ? target.example : `[${target.example}]`
}

function summary({ package: wanted, port }: AnyAdapter): string {
  return `${wanted ? wanted.distribution : 'standard library'}, port ${port}`
}

function optionTable(): string {
  return wrapped(
    Object.entries(options).map(([name, option]) => {
      const short = 'short' in option ? `-${option.short}, ` : ''
      const value = 'optional' in option ? `[=${option.value}]` : 'value' in option ? ` ${option.value}` : ''
      return [`${short}--${name}${value}`, option.help]
    }),
  )
}
