"""The seal: from here on no process of the server can open a TCP listener. Imported only for a start that asks for it.

Three rules, which whatever the server starts inherits and nobody can take off:
- Landlock without a right to bind TCP: bind() fails with EACCES. https://docs.kernel.org/userspace-api/landlock.html
- A listen() is done by the guard or not at all (listen_requests.py): without a bind it would take a random port of
  every address, and Landlock doesn't see it.
- What neither of them sees is switched off: MPTCP sockets (Python and Go then use TCP), and io_uring, which can bind
  and listen past the filter since Linux 6.11. https://man7.org/linux/man-pages/man2/seccomp.2.html

The socket that the server answers on listens already when it is handed over.
"""

import _socket
import errno
import os
from struct import pack

from linux_kernel import descriptor_of, no_new_privileges, system_call
from listen_requests import ListenRequests, listen_for
from seccomp import ALLOW, ARCHITECTURES, ASK, AT_LEAST, EQUAL, ERRNO, GIVE, KILL_PROCESS, LOAD, install, step

_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446  # the same on every architecture
_VERSION, _WITH_NETWORK = 1, 4  # Linux 6.7
_BIND_TCP = 1

_IO_URING = (425, 426, 427)
_IPPROTO_MPTCP = 262
_X32 = 0x40000000  # numbers of the x32 ABI, which counts as x86_64

_PIPES = 198  # and the next one, as packages/uwsgi knows too; servers expect what is handed over from 3 on


class Seal:
    """For one start: `prepare` and `collect` in the guard, `apply` in its child, which waits for `collect`."""

    def __init__(self):
        self.requests = None  # ListenRequests, once the child is sealed
        self.failed = False  # was the seal in the way of the start?

    def prepare(self):
        obstacle = _obstacle()
        if obstacle:
            self.failed = True
            raise OSError(errno.ENOTSUP, obstacle)
        self._ours, self._theirs = _socket.socketpair()

    @property
    def kept(self):
        """The child's descriptor that it needs until it executes; the other end must be closed there."""
        return self._theirs.fileno()

    def apply(self, environment):
        """`failed` is true on the way."""
        self.failed = True
        _keep_pipes(environment)
        no_new_privileges()  # Landlock and the filter are refused without it
        _restrict()
        self._theirs.send(b"%d" % install(_program()))
        if not self._theirs.recv(1):
            raise OSError(errno.EPERM, "", "pidfd_getfd")
        self.failed = False

    def collect(self, pid):
        """A child that has failed says why itself."""
        self._theirs.close()
        try:
            number = self._ours.recv(16)
            if number:
                self.requests = ListenRequests(descriptor_of(pid, int(number)), listen_for)
                self._ours.send(b".")
        except OSError:  # Yama's ptrace_scope 2 and 3, a container: the end of the stream tells the child
            pass
        finally:
            self._ours.close()

    def give_up(self, failed):
        """Nothing was executed. `failed`: as the child says."""
        self.failed = failed
        if self.requests:
            self.requests.close()


def _obstacle():
    """Why this system can't seal anything, or None."""
    machine, release = os.uname().machine, os.uname().release
    if machine not in ARCHITECTURES:
        return "it is made for x86_64 and aarch64, and this is " + machine
    try:
        version = system_call("landlock_create_ruleset", _LANDLOCK_CREATE_RULESET, None, 0, _VERSION)
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            return "Landlock is switched off (the kernel's parameter lsm=)"
        return "this kernel (%s) is built without Landlock, or a container forbids it" % release
    return None if version >= _WITH_NETWORK else "it takes Linux 6.7 or newer, and this is " + release


def _keep_pipes(environment):
    """Hooked interpreters reach the guard by its /proc/<pid>/fd, which Landlock hides: it is outside of the seal. So
    the server's first process holds those pipes, without using them, and is the one that they are told of."""
    found = environment.get(b"DEVLAUNCH_GUARD", b"").split(b":")
    if len(found) != 6:
        return
    guard, lifeline, _, events, *_ = found
    found[0] = b"%d" % os.getpid()
    for index, (pipe, mode) in enumerate(((lifeline, os.O_RDONLY), (events, os.O_WRONLY))):
        opened = os.open(b"/proc/%s/fd/%s" % (guard, pipe), mode | os.O_NONBLOCK)
        os.dup2(opened, _PIPES + index)
        os.close(opened)
        found[1 + 2 * index] = b"%d" % (_PIPES + index)
    environment[b"DEVLAUNCH_GUARD"] = b":".join(found)


def _restrict():
    rules = pack("QQ", 0, _BIND_TCP)  # what is handled and has no rule is forbidden
    ruleset = system_call("landlock_create_ruleset", _LANDLOCK_CREATE_RULESET, rules, len(rules), 0)
    system_call("landlock_restrict_self", _LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _program():
    architecture, _, socket, listen = ARCHITECTURES[os.uname().machine]
    yield step(LOAD, 4)
    yield step(EQUAL, architecture, 1)
    yield step(GIVE, KILL_PROCESS)  # a 32-bit program has other numbers
    yield step(LOAD, 0)
    yield step(EQUAL, listen, 0, 1)
    yield step(GIVE, ASK)
    for number in _IO_URING:
        yield step(EQUAL, number, 0, 1)
        yield step(GIVE, ERRNO | errno.ENOSYS)
    yield step(AT_LEAST, _X32, 0, 1)
    yield step(GIVE, ERRNO | errno.ENOSYS)
    yield step(EQUAL, socket, 0, 3)
    yield step(LOAD, 16 + 2 * 8)
    yield step(EQUAL, _IPPROTO_MPTCP, 0, 1)
    yield step(GIVE, ERRNO | errno.EPROTONOSUPPORT)
    yield step(GIVE, ALLOW)
