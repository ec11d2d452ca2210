"""Processes as /proc shows them."""

import os


def descendants(root):
    """Pids below `root`, zombies excepted, in no particular order. A subreaper keeps daemons among them."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            state, parent = _state(entry)
            if parent is not None:
                children.setdefault(parent, []).append((int(entry), state))
    found, pending = [], [root]
    while pending:
        for pid, state in children.get(pending.pop(), ()):
            pending.append(pid)
            if state not in "ZX":
                found.append(pid)
    return found


def _state(pid):
    try:
        with open("/proc/%s/stat" % pid, "rb") as file:
            # the command, in parentheses, may contain spaces and parentheses
            fields = file.read().rpartition(b") ")[2].split(None, 2)
        return fields[0].decode(), int(fields[1])
    except (OSError, IndexError):
        return None, None


def socket_owners(pids):
    """Which of these processes hold which socket: {inode: [pid, ...]}, and the pids that can't be read."""
    owners, unreadable = {}, []
    for pid in pids:
        try:
            entries = os.listdir("/proc/%d/fd" % pid)
        except FileNotFoundError:
            continue
        except OSError:
            unreadable.append(pid)
            continue
        for entry in entries:
            try:
                target = os.readlink("/proc/%d/fd/%s" % (pid, entry))
            except OSError:
                continue
            if target.startswith("socket:["):
                holders = owners.setdefault(int(target[8:-1]), [])
                if pid not in holders:
                    holders.append(pid)
    return owners, unreadable


def all_pids():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def describe(pid):
    """What a person needs to recognise a process: its command line and directory, as far as we may read them."""
    return {"pid": pid, "command": command(pid), "cwd": _link(pid, "cwd")}


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


def _link(pid, name):
    try:
        return os.readlink("/proc/%d/%s" % (pid, name))
    except OSError:
        return ""
