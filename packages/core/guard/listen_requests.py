"""What processes ask with listen(): the kernel holds them until the guard has answered.

A sealed one's call never goes on, because the caller could put another socket in its place meanwhile: the guard takes a
copy of the socket and calls listen() on that, which is the same, or refuses.
https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html
"""

import _socket
import errno
import fcntl
import os
from struct import pack, unpack_from

from linux_kernel import descriptor_of

# linux/seccomp.h: SECCOMP_IOCTL_NOTIF_RECV, _SEND, _ID_VALID
_RECEIVE, _ANSWER, _STILL_VALID = 0xC0502100, 0xC0182101, 0x40082102
_MOST = 0x7FFFFFFF  # the kernel takes less: net.core.somaxconn


class ListenRequests:
    """`reply(thread, number, backlog, check)`: the errno for the caller, and flags of the answer. `check` raises OSError
    where the caller is gone, and its number may be a later one's."""

    def __init__(self, descriptor, reply):
        self.descriptor, self._reply = descriptor, reply

    def answer(self):
        """One of them. Call when the descriptor is readable."""
        request = bytearray(80)  # struct seccomp_notif
        try:
            fcntl.ioctl(self.descriptor, _RECEIVE, request)
            id, thread = unpack_from("QI", request)
            number, backlog = (argument & 0xFFFFFFFF for argument in unpack_from("QQ", request, 32))
            error, flags = self._reply(thread, number, backlog, lambda: self._check(id))
            fcntl.ioctl(self.descriptor, _ANSWER, pack("QqiI", id, 0, -error, flags))
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.EINTR):  # a signal has ended the caller, or its call
                raise

    def close(self):
        os.close(self.descriptor)

    def _check(self, id):
        fcntl.ioctl(self.descriptor, _STILL_VALID, pack("Q", id))


def listen_for(thread, number, backlog, check):
    """The reply to a sealed process."""
    socket = None
    try:
        socket = socket_of(thread, number)
        check()
        if not _harmless(socket):
            return errno.EACCES, 0
        socket.listen(min(backlog, _MOST))
        return 0, 0
    except OSError as error:
        return errno.EACCES if error.errno == errno.EPERM else error.errno, 0
    finally:
        if socket:
            socket.close()


def socket_of(thread, number):
    """A copy of that process's."""
    descriptor = descriptor_of(_process_of(thread), number)
    try:
        return _socket.socket(fileno=descriptor)
    except OSError:  # a file
        os.close(descriptor)
        raise


def _harmless(socket):
    """A UNIX socket, or one that listens already, which it can't have learnt here: it was handed over."""
    return socket.family == _socket.AF_UNIX or socket.getsockopt(_socket.SOL_SOCKET, _socket.SO_ACCEPTCONN)


def _process_of(thread):
    with open("/proc/%d/status" % thread, "rb") as status:
        return next(int(line[5:]) for line in status if line.startswith(b"Tgid:"))
