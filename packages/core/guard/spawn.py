"""Starts the server: own session, pseudo-terminal or pipes, nothing inherited that wasn't meant."""

import _signal
import errno
import fcntl
import os
import struct
import termios

from environment import followed, inherited

_HANDED_OVER = 3  # the first descriptor behind stdin, stdout and stderr


def resize(master, columns, rows):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def spawn(message, die_with_parent, slave, socket, seal=None):
    """Forks and executes. Returns the pid; raises OSError with the reason if the program can't be executed.

    `slave`: its side of a pseudo-terminal, or None. `socket`: what becomes its descriptor 3, or None.
    `seal`: the program runs with it or not at all.
    """
    report, failure = os.pipe()
    parent, environment = os.getpid(), inherited()
    try:
        pid = os.fork()
        if pid == 0:
            try:
                die_with_parent(parent)
                _become(message, slave, socket, seal, failure, environment)
            except OSError as error:
                sealing = bool(seal and seal.failed)
                os.write(failure, b"%d %d %s" % (error.errno or errno.EINVAL, sealing, _bytes(error.filename or "")))
            except BaseException:  # a NUL in an argument, half a surrogate: there is no such program
                os.write(failure, b"%d 0 " % errno.EINVAL)
            finally:
                os._exit(127)
        os.close(failure)
        failure = None
        if seal:
            seal.collect(pid)
        reason = b"".join(iter(lambda: os.read(report, 4096), b""))
    finally:
        os.close(report)
        if failure is not None:
            os.close(failure)
    if reason:
        os.waitpid(pid, 0)
        number, sealing, name = reason.decode(errors="replace").split(" ", 2)
        if seal:
            seal.give_up(failed=sealing == "1")
        raise OSError(int(number), os.strerror(int(number)), name or message["file"])
    return pid


def _become(message, slave, socket, seal, failure, environment):
    os.setsid()
    if slave is not None:
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for descriptor in (0, 1, 2):
            os.dup2(slave, descriptor)
    else:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _close_others((failure, socket, seal and seal.kept))
    if socket is not None:
        os.dup2(socket, _HANDED_OVER)  # the copy stays open in the program, ours doesn't
    reset_signals()
    if message.get("ignored"):
        _signal.signal(getattr(_signal, message["ignored"]), _signal.SIG_IGN)
    os.chdir(_bytes(message["cwd"]))
    words = [_bytes(word) for word in (message["file"], *message["args"])]
    environment = _environment(message, environment)
    if seal:
        seal.apply(environment)
    os.execve(words[0], words, environment)


def _close_others(kept):
    """A listening socket inherited from whoever started us (LISTEN_FDS) must not reach the server."""
    for entry in os.listdir("/dev/fd"):  # on Linux a link to /proc/self/fd
        if int(entry) > 2 and int(entry) not in kept:
            try:
                os.close(int(entry))
            except OSError:  # the directory's own descriptor
                pass


def reset_signals():
    """A shell's background job starts with SIGINT ignored, and Python then never installs its handler."""
    for number in _signal.valid_signals():
        try:
            _signal.signal(number, _signal.SIG_DFL)
        except (OSError, ValueError):  # SIGKILL, SIGSTOP
            pass
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())


def _environment(message, environment):
    for name in message["unset"]:
        environment.pop(_bytes(name), None)
    for name, value in message["env"].items():
        environment[_bytes(name)] = followed(_bytes(value), environment.get(_bytes(name), b""))
    return environment


def _bytes(text):
    """As the launcher read it. Not os.fsencode: with LC_ALL=de_DE.ISO-8859-1 that would be another file."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
