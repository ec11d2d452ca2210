"""The processes below a guard that is a subreaper: a daemon that forks twice, starts its own session and clears its
environment is still found among our descendants."""

import _signal
import os

from linux_processes import children, children_now, lives, network, owners, parent, state_and_parent

_SEARCHES = 4


class Tree:
    """Everything that the server has started. The guard itself is the root."""

    def __init__(self, server):
        self._root = os.getpid()
        self._searched = {}  # socket -> how often it was looked for in every thread

    def members(self):
        """Pids, the dead excepted, in no particular order."""
        below_of = children_now()
        found, pending = [], [self._root]
        while pending:
            below = below_of(pending.pop())
            pending += below
            found += filter(lives, below)
        return found

    def owners(self, listeners):
        """Which members hold which socket: {inode: [pid, ...]}, and the members that can't be read.

        A socket that nobody seems to hold is looked for in the descriptors of every thread, a few times: a thread
        may have a table of its own, and a process whose first thread has ended shows an empty one.
        """
        members = self.members()
        found, unreadable = owners(members)
        self._searched = {each.id: self._searched.get(each.id, 0) for each in listeners if each.id not in found}
        strange = [id for id, times in self._searched.items() if times < _SEARCHES]
        if strange:
            for id in strange:
                self._searched[id] += 1
            threads, _ = owners(members, by_thread=True)
            found.update((id, threads[id]) for id in strange if id in threads)
        return found, unreadable

    def elsewhere(self):
        """Members in another network namespace: what they listen on is in no table that we can read."""
        here = network("self")
        return [pid for pid in self.members() if network(pid) not in (None, here)]

    def kill(self, pid):
        """Ends it, unless it has ended already and the number is somebody else's by now: the handle stays with
        the process it was opened for, so what was ours after that is what the signal reaches."""
        try:
            handle = os.pidfd_open(pid)
        except OSError:  # gone, or a kernel before 5.3
            handle = None
        try:
            if not self.has(pid):
                return
            if handle is None:
                os.kill(pid, _signal.SIGKILL)
            else:
                _signal.pidfd_send_signal(handle, _signal.SIGKILL)
        except OSError:  # gone, or another user's (a setuid program): reported as a survivor
            pass
        finally:
            if handle is not None:
                os.close(handle)

    def has(self, pid):
        state, above = state_and_parent(pid)
        if state is None:  # hidden by /proc: ours if it is a child, which nobody but us can have reaped
            return pid in children(self._root)
        while above and above != self._root:
            above = parent(above)
        return above == self._root

    def follow(self):
        """Nothing to remember: the kernel does."""

    def extinct(self):
        """Has the kernel no child left for us? A list of /proc can miss a process that forks while it is read."""
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return True
        return False
