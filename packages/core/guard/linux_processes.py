"""Processes as /proc shows them, below a guard that is a subreaper: a daemon that forks twice, starts its own
session and clears its environment is still found among our descendants."""

import _signal
import os

_CHILDREN = "/proc/%d/task/%d/children"
_SEARCHES = 4


class Tree:
    """Everything that the server has started. The guard itself is the root."""

    def __init__(self, server):
        self._root = os.getpid()
        self._searched = {}  # socket -> how often it was looked for in every thread

    def members(self):
        """Pids, the dead excepted, in no particular order."""
        below_of = children if os.path.exists(_CHILDREN % (self._root, self._root)) else _children_of_all()
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
        owners, unreadable = _owners(members)
        self._searched = {each.id: self._searched.get(each.id, 0) for each in listeners if each.id not in owners}
        strange = [id for id, times in self._searched.items() if times < _SEARCHES]
        if strange:
            for id in strange:
                self._searched[id] += 1
            threads, _ = _owners(members, by_thread=True)
            owners.update((id, threads[id]) for id in strange if id in threads)
        return owners, unreadable

    def elsewhere(self):
        """Members in another network namespace: what they listen on is in no table that we can read."""
        here = _network("self")
        return [pid for pid in self.members() if _network(pid) not in (None, here)]

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
        state, parent = _state(pid)
        if state is None:  # hidden by /proc: ours if it is a child, which nobody but us can have reaped
            return pid in children(self._root)
        while parent and parent != self._root:
            _, parent = _state(parent)
        return parent == self._root

    def follow(self):
        """Nothing to remember: the kernel does."""

    def extinct(self):
        """Has the kernel no child left for us? A list of /proc can miss a process that forks while it is read."""
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return True
        return False


def _owners(pids, by_thread=False):
    owners, unreadable = {}, []
    for pid in pids:
        tables = ["/proc/%d/fd" % pid]
        if by_thread:
            tables = ["/proc/%d/task/%d/fd" % (pid, thread) for thread in _threads(pid)]
        for table in tables:
            try:
                entries = os.listdir(table)
            except OSError:
                if lives(pid):
                    unreadable.append(pid)
                continue
            for inode in filter(None, map(_socket, [table + "/" + entry for entry in entries])):
                holders = owners.setdefault(inode, [])
                if pid not in holders:
                    holders.append(pid)
    return owners, unreadable


def _socket(descriptor):
    try:
        target = os.readlink(descriptor)
    except OSError:
        return None
    return int(target[8:-1]) if target.startswith("socket:[") else None


def children(pid):
    """As the kernel links them, so this costs the same on a machine with thousands of processes. It names also
    those that a /proc mounted with hidepid=2 hides, because they have gained privileges."""
    found = []
    for thread in _threads(pid):
        try:
            with open(_CHILDREN % (pid, thread)) as file:
                found += map(int, file.read().split())
        except OSError:
            pass
    return found


def _children_of_all():
    """The same for a kernel without CONFIG_PROC_CHILDREN: everybody is asked for the parent."""
    children = {}
    for pid in _all():
        children.setdefault(_state(pid)[1], []).append(pid)
    return lambda pid: children.get(pid, [])


def _threads(pid):
    try:
        return list(map(int, os.listdir("/proc/%d/task" % pid)))
    except OSError:
        return []


def lives(pid):
    state, _ = _state(pid)
    if state:
        return state not in "ZX" or len(_threads(pid)) > 1  # its first thread may end before the others
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True  # and /proc hides it


def sockets(pid):
    """The inodes of its sockets."""
    return set(_owners([pid])[0])


def unix_sockets():
    """The inodes of those that can be seen from nowhere else, a multiprocessing.Pipe() for example."""
    try:
        with open("/proc/net/unix", "rb") as file:
            rows = [row.split(None, 7) for row in file]  # num, references, protocol, flags, type, state, inode, path
    except OSError:
        return set()
    # anybody's path may be any bytes, line feeds too: what follows one isn't a row
    return {int(row[6]) for row in rows if len(row) > 6 and row[6].isdigit()}


def is_spawned(pid):
    """By Python's multiprocessing, as a fresh interpreter: multiprocessing.spawn.get_command_line."""
    return "--multiprocessing-fork" in command(pid)


def hears_of_children(pid):
    """Has it a handler for SIGCHLD?"""
    try:
        with open("/proc/%d/status" % pid, "rb") as file:
            caught = next(int(line[7:], 16) for line in file if line.startswith(b"SigCgt:"))
    except (OSError, StopIteration):
        return False
    return bool(caught >> (_signal.SIGCHLD - 1) & 1)


def same_program(pid, other):
    try:
        return os.readlink("/proc/%d/exe" % pid) == os.readlink("/proc/%d/exe" % other)
    except OSError:
        return False


def _network(pid):
    try:
        return os.stat("/proc/%s/ns/net" % pid).st_ino
    except OSError:
        return None


def holders(listeners):
    """The processes of the whole machine, as far as we may look, that hold these sockets: {inode: [pid, ...]}."""
    owners, _ = _owners(_all())
    return {each.id: owners[each.id] for each in listeners if each.id in owners}


def _all():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _stat(pid):
    """The fields of proc_pid_stat(5) from the third on, or none."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            return file.read().rpartition(b") ")[2].split()  # the command, in parentheses, may contain both
    except OSError:  # it has ended, or /proc hides it
        return []


def _state(pid):
    """Its state and its parent."""
    fields = _stat(pid)
    return (fields[0].decode(), int(fields[1])) if fields else (None, None)


def parent(pid):
    """None if it has ended, or /proc hides it."""
    return _state(pid)[1]


def started(pid):
    """Clock ticks after the boot; None if it has ended, or /proc hides it."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def describe(pid):
    """What a person needs to recognise a process: its command line and directory, as far as we may read them."""
    try:
        cwd = os.readlink("/proc/%d/cwd" % pid)
    except OSError:
        cwd = ""
    return {"pid": pid, "command": command(pid), "cwd": cwd}


def command(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            words = file.read(4096).rstrip(b"\0").split(b"\0")
        return " ".join(word.decode(errors="replace") for word in words)
    except OSError:
        return ""


def uid(pid):
    try:
        return os.stat("/proc/%d" % pid).st_uid
    except OSError:
        return None
