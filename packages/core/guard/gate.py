"""A listener at the planned address gets its filter before it opens: the kernel holds each listen() of the server until
the guard has attached it.

For a server that no hook runs in, or whose native code opens the listener. Without it, whoever connects in the
milliseconds between its listen() and the guard's next look got in. Where it can't be had (Linux 5.6; a container; another architecture), that is as it was.
https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html
"""

import _socket
import os
from array import array
from struct import unpack_from

import address
import linux_filter
from linux_kernel import descriptor_of, no_new_privileges
from listen_requests import ListenRequests, socket_of
from seccomp import ALLOW, ARCHITECTURES, ASK, EQUAL, GIVE, LOAD, install, step

_CONTINUE = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE, Linux 5.5


class Gate:
    """For one start, as a Seal is. `requests`: ListenRequests, once the child has its program."""

    failed = False  # nothing depends on it

    def __init__(self, subnet, planned, port):
        self._planned = subnet, address.from_text(planned), port
        self.requests = None

    def prepare(self):
        self._possible = _is_possible()
        self._ours, self._theirs = _socket.socketpair()

    @property
    def kept(self):
        return self._theirs.fileno()

    def apply(self, _environment):
        if not self._possible:
            return
        try:
            no_new_privileges()
            asked = array("i", [install(_program())])
            self._theirs.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, asked)])
        except OSError:  # a container forbids it
            pass

    def collect(self, _pid):
        self._theirs.close()
        room = _socket.CMSG_LEN(array("i").itemsize)
        _, found, *_ = self._ours.recvmsg(1, room, _socket.MSG_CMSG_CLOEXEC)
        self._ours.close()
        for *_, descriptors in found:
            self.requests = ListenRequests(unpack_from("i", descriptors)[0], self._reply)

    def give_up(self, failed):
        if self.requests:
            self.requests.close()

    def _reply(self, thread, number, _backlog, _check):
        """The call goes on, whatever happened: the guard's next look tells what it has become."""
        try:
            self._filter(socket_of(thread, number))
        except OSError:
            pass
        return 0, _CONTINUE

    def _filter(self, socket):
        subnet, raw, port = self._planned
        try:
            if socket.family in (_socket.AF_INET, _socket.AF_INET6) and not linux_filter.is_locked(socket):
                host, bound = socket.getsockname()[:2]
                if (address.from_text(host.partition("%")[0]), bound) == (raw, port):
                    linux_filter.attach(socket, subnet)
        finally:
            socket.close()


def _is_possible():
    if os.uname().machine not in ARCHITECTURES:
        return False
    try:
        os.close(descriptor_of(os.getpid(), 0))
        return True
    except OSError:
        return False


def _program():
    architecture, *_, listen = ARCHITECTURES[os.uname().machine]
    yield step(LOAD, 4)
    yield step(EQUAL, architecture, 0, 3)  # a 32-bit program has other numbers
    yield step(LOAD, 0)
    yield step(EQUAL, listen, 0, 1)
    yield step(GIVE, ASK)
    yield step(GIVE, ALLOW)
