import { execa } from 'execa'
import { expect, test } from 'vitest'
import { command } from './kit/cli.ts'

const root = process.getuid?.() === 0
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
/** Containers let everybody have port 80; a network of its own starts with the kernel's rule. */
const itsOwnNetwork = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']

test.runIf(process.platform === 'linux')(
  'a port without the right to it is refused with exit code 5',
  async () => {
    const words = [...command, 'http', '--port', '80', '--cwd', '/', '--python', '/usr/bin/python3']
    const [file = '', ...args] = root ? [...itsOwnNetwork, ...nobody, ...words] : words
    const { stderr, exitCode } = await execa(file, args, { reject: false, cwd: '/', timeout: 30_000 })
    expect(stderr).toMatch(/error PORT_DENIED: you may not listen on 127\.0\.0\.1:80/)
    expect(stderr).toMatch(/ports below 1024 need special rights/)
    expect(exitCode).toBe(5)
  },
)
