"""What /proc tells about a process, whoever's it is."""

import _signal
import os

_CHILDREN = "/proc/%d/task/%d/children"


def lives(pid):
    state, _ = state_and_parent(pid)
    if state:
        return state not in "ZX" or len(_threads(pid)) > 1  # its first thread may end before the others
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True  # and /proc hides it


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


def children_now():
    """`children`, or the same for a kernel without CONFIG_PROC_CHILDREN: everybody is asked for the parent."""
    if os.path.exists(_CHILDREN % (os.getpid(), os.getpid())):
        return children
    below = {}
    for pid in _all():
        below.setdefault(parent(pid), []).append(pid)
    return lambda pid: below.get(pid, [])


def owners(pids, by_thread=False):
    """Which of these processes hold which socket: {inode: [pid, ...]}, and those that can't be read."""
    found, unreadable = {}, []
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
            for inode in filter(None, map(_inode, [table + "/" + entry for entry in entries])):
                holding = found.setdefault(inode, [])
                if pid not in holding:
                    holding.append(pid)
    return found, unreadable


def holders(listeners):
    """The processes of the whole machine, as far as we may look, that hold these sockets: {inode: [pid, ...]}."""
    found, _ = owners(_all())
    return {each.id: found[each.id] for each in listeners if each.id in found}


def sockets(pid):
    """The inodes of its sockets."""
    return set(owners([pid])[0])


def descriptor(pid, socket):
    """The number under which it holds the socket with this inode, or None. Raises OSError if we may not look."""
    table = "/proc/%d/fd/" % pid
    return next((int(entry) for entry in os.listdir(table) if _inode(table + entry) == socket), None)


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


def network(pid):
    """The inode of its network namespace; None if it has ended, or /proc hides it. So for each of the following."""
    try:
        return os.stat("/proc/%s/ns/net" % pid).st_ino
    except OSError:
        return None


def uid(pid):
    try:
        return os.stat("/proc/%d" % pid).st_uid
    except OSError:
        return None


def started(pid):
    """Clock ticks after the boot."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def waited(pid):
    """Seconds that it was ready to run and had no processor. https://docs.kernel.org/scheduler/sched-stats.html"""
    try:
        with open("/proc/%d/schedstat" % pid) as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError):  # it has ended, or the kernel doesn't count
        return 0.0


def parent(pid):
    return state_and_parent(pid)[1]


def state_and_parent(pid):
    fields = _stat(pid)
    return (fields[0].decode(), int(fields[1])) if fields else (None, None)


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


def _stat(pid):
    """The fields of proc_pid_stat(5) from the third on, or none."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            return file.read().rpartition(b") ")[2].split()  # a command may contain parentheses
    except OSError:
        return []


def _inode(descriptor):
    try:
        target = os.readlink(descriptor)
    except OSError:
        return None
    return int(target[8:-1]) if target.startswith("socket:[") else None


def _threads(pid):
    try:
        return list(map(int, os.listdir("/proc/%d/task" % pid)))
    except OSError:
        return []


def _all():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
