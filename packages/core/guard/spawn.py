"""Starts the server: own session, pseudo-terminal or pipes, nothing inherited that wasn't meant."""

import _signal
import fcntl
import os
import struct
import termios

from kernel import die_with_parent


class Server:
    """The direct child. `terminal` is the master side of its pseudo-terminal, or None."""

    def __init__(self, pid, terminal):
        self.pid, self.terminal = pid, terminal

    def resize(self, columns, rows):
        if self.terminal is not None:
            fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def spawn(message):
    """Forks and executes; raises OSError with the reason if the program can't be executed."""
    master = slave = None
    if message["terminal"]:
        master, slave = os.openpty()
    report, failure = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _become(message, parent, slave, failure)
        except OSError as error:
            os.write(failure, b"%d %s" % (error.errno or 0, (error.filename or "").encode()))
        finally:
            os._exit(127)
    os.close(failure)
    if slave is not None:
        os.close(slave)
    reason = b"".join(iter(lambda: os.read(report, 4096), b""))
    os.close(report)
    server = Server(pid, master)
    if reason:
        os.waitpid(pid, 0)
        number, _, name = reason.decode().partition(" ")
        raise OSError(int(number), os.strerror(int(number)), name)
    if message["terminal"]:
        server.resize(message["terminal"]["columns"], message["terminal"]["rows"])
    return server


def _become(message, parent, slave, failure):
    die_with_parent(parent)
    os.setsid()
    if slave is not None:
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for descriptor in (0, 1, 2):
            os.dup2(slave, descriptor)
    else:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _close_others(failure)
    _reset_signals()
    os.chdir(message["cwd"])
    os.execve(message["file"], [message["file"], *message["args"]], _environment(message))


def _close_others(failure):
    """A listening socket inherited from whoever started us (LISTEN_FDS) must not reach the server."""
    for entry in os.listdir("/proc/self/fd"):
        if int(entry) > 2 and int(entry) != failure:
            try:
                os.close(int(entry))
            except OSError:  # the directory's own descriptor
                pass


def _reset_signals():
    """A shell's background job starts with SIGINT ignored, and Python then never installs its handler."""
    for number in _signal.valid_signals():
        try:
            _signal.signal(number, _signal.SIG_DFL)
        except (OSError, ValueError):  # SIGKILL, SIGSTOP
            pass
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())


def _environment(message):
    environment = dict(os.environb)
    for name in message["unset"]:
        environment.pop(os.fsencode(name), None)
    environment.update((os.fsencode(name), os.fsencode(value)) for name, value in message["env"].items())
    return environment
