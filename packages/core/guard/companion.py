"""Runs a command beside servers, in the launcher's terminal and process group, and ends as it does: with its status, or
128 more than the number of the signal. When the launcher has gone, nothing of the command is left.

Run by `devlaunch test` as `python -I -S <this file> <program> <arguments>`, while its servers start. Descriptor 3 is the
launcher's. The first line from there starts the command: variables for it, as `NAME=value`, with spaces in between. Each
byte behind it is the number of a signal for the command; 0: a terminal has sent it one already. The end of the stream
means that the launcher has gone, or has no use for the command. To there: why the program can't be executed, as text.

A command that ends by itself may leave a daemon (a build server, for example). One that was asked to end leaves nothing.
Standard library only, Python 3.9 or newer; not on Windows.
"""

import _signal
import os
import select
import sys
import time
from errno import ENOEXEC

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import system  # noqa: E402
from environment import inherited  # noqa: E402
from spawn import reset_signals  # noqa: E402

_LAUNCHER = 3
_GRACE = 1.0  # seconds for those whom the first process leaves behind, and for all when the launcher has gone
_GIVE_UP = 5.0  # seconds of killing
_NEVER = float("inf")
_IGNORED = "SIGINT SIGQUIT SIGTERM SIGHUP SIGTSTP SIGTTIN SIGTTOU SIGPIPE".split()


class Companion:
    def __init__(self, pid):
        self._pid, self._tree = pid, system.Tree(pid)
        self._status, self._asked, self._kill_at = None, False, _NEVER

    def obey(self, number):
        self._asked = True
        if number == _signal.SIGKILL:
            self._kill_at = time.monotonic()
        elif number and self._status is None:
            _send([self._pid], number)

    def let_go(self):
        """Nobody is there to ask for more."""
        self._asked = True
        self._ask_all()

    def reap(self):
        """As a subreaper we inherit every orphan of the command."""
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
            while pid:
                if pid == self._pid:
                    self._status = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
                    if os.WIFSIGNALED(status) or self._asked:
                        self._asked = True
                        self._ask_all()
                pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            pass

    @property
    def status(self):
        """None as long as something is to be ended."""
        given_up = time.monotonic() >= self._kill_at + _GIVE_UP
        if given_up or (self._status is not None and (not self._asked or self._tree.extinct())):
            return 128 + _signal.SIGKILL if self._status is None else self._status
        return None

    def insist(self):
        """Milliseconds until it is due again; None: it isn't."""
        if self._kill_at == _NEVER:
            return None
        self._tree.follow()
        if time.monotonic() >= self._kill_at:
            for pid in self._tree.members():
                self._tree.kill(pid)
        return system.STOPPING * 1000

    def _ask_all(self):
        _send(self._tree.members(), _signal.SIGTERM)
        self._kill_at = min(self._kill_at, time.monotonic() + _GRACE)


def _send(pids, number):
    for pid in pids:
        for each in (number, _signal.SIGCONT):  # who is stopped can't act on the first one
            try:
                os.kill(pid, each)
            except OSError:
                pass


def _told():
    """The variables, and what has come behind them; None: there is nothing to start."""
    text = b""
    while b"\n" not in text:
        data = _read(_LAUNCHER)
        if not data:
            return None
        text += data
    line, rest = text.split(b"\n", 1)
    return dict(each.split(b"=", 1) for each in line.split()), rest


def _start(words, variables):
    """The pid, and why the program can't be executed: empty if it is."""
    report, failure = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            system.die_with_parent(parent)
            reset_signals()
            _execute(words, {**inherited(), **variables})
        except OSError as error:
            os.write(failure, os.strerror(error.errno).encode())
        finally:
            os._exit(127)
    os.close(failure)
    reason = os.read(report, 4096)
    os.close(report)
    return pid, reason


def _execute(words, env):
    """As execvp(3): a file that is no program is a script for sh. pnpm 12 is one where install scripts are off."""
    try:
        os.execve(words[0], words, env)
    except OSError as error:
        if error.errno != ENOEXEC:
            raise
    os.execve(b"/bin/sh", [b"sh", *words], env)


def _run(companion, woken):
    poll = select.poll()
    for descriptor in (_LAUNCHER, woken):
        poll.register(descriptor, select.POLLIN)
    while True:
        companion.reap()
        status = companion.status
        if status is not None:
            return status
        for descriptor, _ in poll.poll(companion.insist()):
            data = _read(descriptor)
            if descriptor == _LAUNCHER:
                for number in data:
                    companion.obey(number)
                if not data:
                    poll.unregister(_LAUNCHER)
                    companion.let_go()


def _read(descriptor):
    try:
        return os.read(descriptor, 4096)
    except OSError:  # ECONNRESET: the launcher has gone with something unread
        return b""


def main():
    os.set_inheritable(_LAUNCHER, False)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    _signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    for name in _IGNORED:
        _signal.signal(getattr(_signal, name), _signal.SIG_IGN)
    system.become_subreaper()
    told = _told()
    if told is None:
        return 0
    variables, asked = told
    pid, reason = _start([os.fsencode(word) for word in sys.argv[1:]], variables)
    if reason:
        os.write(_LAUNCHER, reason)
        return 126
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # a SIGKILL to the launcher's process group must not take us with it
    companion = Companion(pid)
    for number in asked:
        companion.obey(number)
    return _run(companion, woken)


if __name__ == "__main__":
    sys.exit(main())
