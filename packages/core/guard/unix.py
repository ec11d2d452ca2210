"""Where there are signals, process groups, pseudo-terminals and poll: Linux and macOS."""

import _signal
import os
import select

from spawn import resize, spawn
from terminal import Relay, UserTerminal


class Host:
    """The server as its parent sees it. `kernel`: what this system can do for us that others can't."""

    def __init__(self, terminal, kernel):
        self.wanted_to_end = self.was_asked = False
        self._kernel = kernel
        self._user_terminal = UserTerminal.open() if terminal else None
        self._pid = self._master = self._slave = self._relay = None
        self._requests = {}  # descriptor -> ListenRequests

    def prepare(self, channel):
        os.set_blocking(channel.descriptor, False)
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)  # a signal to the launcher's process group must not take the guard with it
        self._kernel.become_subreaper()
        for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
            _signal.signal(number, self._end)
        _signal.signal(_signal.SIGUSR1, self._be_asked)
        for number in (_signal.SIGTTOU, _signal.SIGTTIN, _signal.SIGTSTP, _signal.SIGPIPE):
            _signal.signal(number, _signal.SIG_IGN)

    def _end(self, *_):
        """Only a note: it may arrive between the fork of the server and the line that remembers its pid."""
        self.wanted_to_end = True

    def _be_asked(self, *_):
        """By another process of this user: `devlaunch stop`."""
        self.was_asked = True

    def start(self, message, socket, seal=None):
        """Once, or again in the same terminal. `socket`: the descriptor of a listener for the server, or None."""
        if message["terminal"] and self._master is None:
            self._master, self._slave = os.openpty()
            resize(self._master, **message["terminal"])
            self._relay = Relay(self._master)
        self._pid = spawn(message, self._kernel.die_with_parent, self._slave, socket, seal)
        if seal and seal.requests:
            self._requests[seal.requests.descriptor] = seal.requests
        self._send = os.kill if message.get("interrupt") == "leader" else os.killpg
        if self._slave is not None and message.get("restart") is None:
            os.close(self._slave)
            self._slave = None
        return self._pid

    def resize(self, columns, rows):
        if self._master is not None:
            resize(self._master, columns, rows)

    def wait(self, channel, seconds, hooked=None):
        """Moves bytes of the terminal and of the channel. Is there something to receive? `hooked` ends the wait."""
        poll, readable = select.poll(), False
        if not channel.closed:
            unsent = select.POLLOUT if channel.unsent else 0
            poll.register(channel.descriptor, select.POLLIN | unsent)
        if hooked is not None:
            poll.register(hooked, select.POLLIN)
        for descriptor, (read, write) in self._relay.wants().items() if self._relay else ():
            poll.register(descriptor, select.POLLIN * read | select.POLLOUT * write)
        for descriptor in self._requests:
            poll.register(descriptor, select.POLLIN)
        for descriptor, events in poll.poll(max(0, seconds * 1000)):
            if descriptor == channel.descriptor:
                readable = bool(events & ~select.POLLOUT)
                channel.flush()
            elif descriptor == hooked:
                pass
            elif descriptor in self._requests:
                self._answer(descriptor, events)
            elif events & select.POLLOUT:
                self._relay.write(descriptor)
            elif descriptor == 1:  # POLLERR alone: nobody reads our output any more
                self._relay.to_launcher = b""
            else:
                self._relay.read(descriptor)
        return readable

    def _answer(self, descriptor, events):
        if events & select.POLLIN:
            self._requests[descriptor].answer()
        else:  # the last sealed process has ended
            self._requests.pop(descriptor).close()

    def reap(self):
        """As a subreaper we inherit every orphan of the tree; only the first process's status matters: its exit
        status, or the negative number of the signal; None if it has not ended in this call."""
        ended = None
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return ended
            if pid == 0:
                return ended
            if pid == self._pid:
                ended = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)

    def ask(self):
        """As a terminal would: every process of the server's group, once. SIGCONT, because a stopped process
        can't act on the first one. Some servers want to be asked alone first."""
        send, self._send = self._send, os.killpg
        for number in (_signal.SIGINT, _signal.SIGCONT):
            try:
                send(self._pid, number)
            except OSError:
                pass

    def restore_terminal(self):
        """Once: later it is the shell's."""
        terminal, self._user_terminal = self._user_terminal, None
        if terminal:
            terminal.restore()

    def drain(self):
        if self._relay:
            self._relay.drain()

    def finish(self, channel):
        os.set_blocking(channel.descriptor, True)
        channel.flush()
