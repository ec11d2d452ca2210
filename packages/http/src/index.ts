import type { Adapter } from '@devlaunch/core'

export interface HttpOptions {
  /** The folder to serve, dot-files and whatever its links point to included. Default: the working directory. */
  readonly directory?: string
}

/** Python's own http.server: the files of a folder. Port 8000. */
export const http: Adapter<HttpOptions> = {
  name: 'http',
  port: 8000,
  reload: false,
  target: { kind: 'directory', option: 'directory', required: false, example: 'public' },
  // -I: a socketserver.py in the folder would be imported, and run. It ignores PYTHONUNBUFFERED too, hence -u.
  command: ({ directory }, flags) => {
    return ['-I', '-u', '-m', 'http.server', ...flags, ...(directory ? [`--directory=${directory}`] : [])]
  },
  enforce: {
    bind: ({ host, port }) => ({ args: [`--bind=${host}`, String(port)] }),
    debugger: 'absent',
    reload: 'absent',
    proxyHeaders: 'absent',
    allowedHosts: 'absent',
    dotenv: 'absent',
    grace: 'absent',
  },
  socket: 'reserve',
  scrub: [],
  // argparse takes every unambiguous beginning of a long option, and a value attached to a short one; int() takes
  // the digits of every script, signs, spaces and underscores.
  reserved: [
    { match: /^--?b/, use: "use devlaunch's own --host" },
    { match: /^--?d/, use: 'name the folder behind the word http' },
    { match: /^\s*[+-]?[\p{Nd}_]+\s*$/u, use: "use devlaunch's own --port" },
    { match: /^--t/, use: 'leave it out: a proxy in front of it can serve https' },
  ],
  exposes: 'every file of the folder can be read, dot-files too',
  hints: [
    { match: /^PermissionError: /m, hint: 'choose a --port of 1024 or more' },
    { match: /Cannot assign requested address/, hint: 'choose a --host that this machine has' },
    { match: /error: unrecognized arguments: /, hint: 'leave it out, or choose a newer --python' },
  ],
}
