import type { Adapter } from '@devlaunch/core'

/** The smallest server: a Python script that is told where to listen. The testkit depends on core alone. */
export const script: Adapter<{ script: string }> = {
  name: 'script',
  port: 8000,
  reload: false,
  target: { kind: 'file', option: 'script', required: true, example: 'serve.py' },
  command: ({ script }, flags) => [script, ...flags],
  enforce: {
    bind: ({ host, port }) => ({ args: [host, String(port)] }),
    debugger: 'absent',
    reload: 'absent',
    proxyHeaders: 'absent',
    allowedHosts: 'absent',
    dotenv: 'absent',
    grace: 'absent',
  },
  socket: 'reserve',
  scrub: [],
  reserved: [],
  hints: [],
}
