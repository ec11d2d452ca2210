"""Runs a command in a pseudo-terminal: our stdin is its keyboard, our stdout its screen.

The first argument is its width in columns, the others are the command.

The first process in the terminal is a shell's stand-in: it leads the session, and the command is its
foreground job. When our stdin ends, the terminal is closed, as a window is.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios



def to_foreground(group):
    """As a shell does, in both of the two: the command must not run before it is there."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
    os.tcsetpgrp(0, group)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTTOU])


pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        to_foreground(os.getpid())
        os.execvp(sys.argv[2], sys.argv[2:])
    with contextlib.suppress(PermissionError):  # it was quicker, and runs the command already: setpgid(2), EACCES
        os.setpgid(job, job)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # in the moment between the job's end and ours
    to_foreground(job)
    _, status = os.waitpid(job, 0)
    to_foreground(os.getpgrp())
    os.write(1, b"[exit %d]" % os.waitstatus_to_exitcode(status))
    os._exit(0)

while True:
    readable, _, _ = select.select([0, master], [], [])
    if 0 in readable:
        keys = os.read(0, 4096)
        if not keys:
            break
        os.write(master, keys)
    if master in readable:
        try:
            shown = os.read(master, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
os.close(master)
