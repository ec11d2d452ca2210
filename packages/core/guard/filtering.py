"""Has every listener at the planned address the filter of its subnet? Linux only, and only where there is a subnet.

Whoever opens one without it (native code, an interpreter that isn't hooked) gets it here, by a copy of the descriptor.
"""

import _socket
import errno
import os

import linux_filter
from linux_kernel import descriptor_of, filter_of
from linux_processes import descriptor

_TRIES = 3  # looks; a socket may be closed, or handed on, just now


class Filtering:
    """`known`: the id of the socket that was filtered before anybody had it, or None."""

    def __init__(self, subnet, known):
        self._subnet, self._program = subnet, linux_filter.program(subnet)
        self._verdicts = {known: ""}  # id -> what is in the way, '' for nothing
        self._known, self._tries = known, {}  # id -> looks in which nobody showed it
        self.told = None  # (filtered, reason)

    def look(self, listeners, holders):
        """What to tell since the last look, as (filtered, reason), or None. `holders(listener)`: pids."""
        ids = {each.id for each in listeners} | {self._known}
        self._verdicts = {id: verdict for id, verdict in self._verdicts.items() if id in ids}
        self._tries = {id: tries for id, tries in self._tries.items() if id in ids}
        for each in listeners:
            if each.id not in self._verdicts:
                self._judge(each.id, holders(each))
        reasons = [self._verdicts.get(each.id) for each in listeners]
        reason = next(filter(None, reasons), None)
        if not listeners or (reason is None and None in reasons):
            return None
        before, self.told = self.told, (reason is None, reason or "")
        return self.told if self.told != before else None

    def _judge(self, id, pids):
        verdict = "no process of the server shows it"
        for pid in pids:
            try:
                number = descriptor(pid, id)
                if number is not None:
                    self._filter(pid, number, id)
                    self._verdicts[id] = ""
                    return
            except OSError as error:  # Yama's ptrace_scope 2 and 3, a container, a kernel before 5.6; or it has ended
                verdict = "%s: %s" % (error.filename, os.strerror(error.errno))
        self._tries[id] = self._tries.get(id, 0) + 1
        if self._tries[id] >= _TRIES:
            self._verdicts[id] = verdict

    def _filter(self, pid, number, id):
        copy = descriptor_of(pid, number)
        try:
            if os.fstat(copy).st_ino != id:  # closed meanwhile, and its number is another's
                raise OSError(errno.EBADF, "", "pidfd_getfd")
            socket = _socket.socket(fileno=copy)
        except OSError:
            os.close(copy)
            raise
        try:
            if filter_of(copy) != self._program or not linux_filter.is_locked(socket):
                linux_filter.attach(socket, self._subnet)
        finally:
            socket.close()
