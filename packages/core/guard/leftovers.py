"""Ends what guards that were killed have left (record.py). Linux only.

Never a process that a living guard watches, another user's, one that was started before the last boot or is counted in
another PID namespace, or a later one with the same number.
"""

import _signal
import os
import select
import time

import records
from linux_processes import children, command, lives, parent, started

_PATIENCE = 1.0  # seconds until a killed process has ended


def end_leftovers(patience=_PATIENCE):
    """Returns what was ended, [{pid, command}], and waits for that as long as `patience` allows."""
    folder = records.open_folder()
    if folder is None:
        return []
    try:
        return _clean(folder, patience)
    except OSError:  # no /proc to speak of
        return []
    finally:
        os.close(folder)


def _clean(folder, patience):
    names = os.listdir(folder)
    guards = records.guards(names)
    dead = [name for name, guard in guards.items() if _is_over(*guard)]
    if dead:
        spared = _ancestors()
        for name in guards.keys() - dead:  # started by what a dead one has left: it ends its own tree
            spared |= {guards[name][0], *(pid for pid, _ in records.read(folder, name))}
        ended = _end({life for name in dead for life in records.read(folder, name)}, spared, patience)
    for path in [path for name in dead for path in records.privates(folder, name)]:
        import shutil  # only paid for where it is wanted

        shutil.rmtree(path, ignore_errors=True)
    boot = records.boot()
    for name in dead:
        records.remove_all(folder, name)
    for name in names:
        if not name.startswith(boot):
            records.remove(folder, name)
    return ended if dead else []


def _is_over(pid, start):
    return not lives(pid) or started(pid) not in (start, None)  # None: /proc hides it


def _ancestors():
    """Who starts devlaunch in what another one has left must not be ended by it."""
    found, pid = set(), os.getpid()
    while pid:
        found.add(pid)
        pid = parent(pid)
    return found


def _end(left, spared, patience):
    """Stops each, and what it has started, before any is ended: a stopped process starts no others."""
    stopped = {}  # pid -> handle
    for pid, start in left:
        _stop(pid, stopped, spared, lambda start=start, pid=pid: started(pid) == start)
    while any([_stop_child(child, stopped, spared) for child in _below(stopped)]):
        pass
    ended = [{"pid": pid, "command": command(pid)} for pid in stopped]
    for handle in stopped.values():
        _send(handle, _signal.SIGKILL)
    _await_end(stopped.values(), patience)
    return ended


def _below(stopped):
    return [child for pid in list(stopped) for child in children(pid)]


def _stop_child(pid, stopped, spared):
    return _stop(pid, stopped, spared, lambda: parent(pid) in stopped)


def _stop(pid, stopped, spared, is_meant):
    """Keeps a handle of it, and asks only then: what answers to the question is what the handle is of."""
    if pid in stopped or pid in spared:
        return False
    try:
        handle = os.pidfd_open(pid)
    except OSError:  # gone, or a kernel before 5.3: nobody is ended by a number alone
        return False
    if lives(pid) and is_meant() and _send(handle, _signal.SIGSTOP):
        stopped[pid] = handle
        return True
    os.close(handle)
    return False


def _send(handle, number):
    try:
        _signal.pidfd_send_signal(handle, number)
        return True
    except OSError:  # it has ended, or is another user's: a setuid program
        return False


def _await_end(handles, patience):
    deadline = time.monotonic() + patience
    for handle in handles:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll(max(0, (deadline - time.monotonic()) * 1000))
        os.close(handle)
