import type { Adapter } from '@devlaunch/core'

export interface ScriptOptions {
  /** A program and its arguments. `python` and `python3` are the project's own. Required. */
  readonly command: readonly string[]
}

/** Any command, for apps that open their listener in code. HOST and PORT offer port 8000; where it listens is found. */
export const script: Adapter<ScriptOptions> = {
  name: 'script',
  port: 8000,
  reload: false,
  target: { kind: 'command', option: 'command', required: true, example: '-- python app.py' },
  program: ({ command: [program] }) => (/^python3?$/.test(program ?? '') ? undefined : program),
  command: ({ command: [, ...words] }, flags) => [...words, ...flags],
  enforce: {
    bind: 'app-decides',
    debugger: 'app-decides',
    reload: 'absent',
    proxyHeaders: 'app-decides',
    allowedHosts: 'app-decides',
    dotenv: 'app-decides',
    grace: 'app-decides',
  },
  socket: 'reserve',
  scrub: [
    ...['WERKZEUG_RUN_MAIN', 'WERKZEUG_SERVER_FD', 'FLASK_RUN_FROM_CLI', 'FORWARDED_ALLOW_IPS'],
    ...['LISTEN_FD*', 'LISTEN_PID*'],
  ],
  reserved: [],
  hints: [
    {
      match: /address already in use/i,
      hint: 'end who has that port, or let the app listen where HOST and PORT say',
    },
    { match: /can't open file '/, hint: 'correct the name of the file, or start in the folder that has it' },
    { match: /^(?:Syntax|Indentation|Tab)Error: /m, hint: 'correct the line that the traceback ends with' },
  ],
}
