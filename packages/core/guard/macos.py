"""macOS, by two programs that everybody can run and read: `ps` here, `lsof` in macos_sockets.py.

Written from their manuals and tested on recorded output only. Not verified on a real machine.

What it lacks, compared with Linux:
- No subreaper. The tree is who has a parent in it now, who was seen in it before, and who shares a session with
  one of these. A daemon that forks twice and starts its own session between two looks is lost.
- No parent-death signal. If the guard itself is killed, the server's terminal is hung up; one on pipes stays.
- Without root `lsof` shows this user's sockets only, so somebody else's on the port is not seen.
- A look costs two processes and 30 to 60 ms, hence four per second at most: an exposure lasts longer.
"""

import _signal
import os
import time

from macos_sockets import run

_FOLLOW = 0.5  # seconds between two looks at the processes, when nothing else asks for one


def become_subreaper():
    """There is no such thing here."""


def die_with_parent(parent):
    if os.getppid() != parent:
        os._exit(127)


class Process:
    __slots__ = ("parent", "uid", "state", "started", "command")

    def __init__(self, parent, uid, state, started, command):
        self.parent, self.uid, self.state, self.started, self.command = parent, uid, state, started, command


def all_processes():
    # one -o each: POSIX lets `pid=,ppid=` mean one column with the heading ",ppid="
    columns = ("pid", "ppid", "uid", "stat", "lstart", "command")
    return parse_ps(run("ps", "-axww", *("-o%s=" % column for column in columns)))


def parse_ps(text):
    """lstart is five words: `Tue Aug 12 10:11:12 2025`."""
    processes = {}
    for line in text.splitlines():
        fields = line.split(None, 9)
        if len(fields) < 9:
            continue
        pid, parent, uid, state, *started = fields[:9]
        command = fields[9] if len(fields) > 9 else ""
        processes[int(pid)] = Process(int(parent), int(uid), state, tuple(started), command)
    return processes


class Tree:
    def __init__(self, server):
        self._seen, self._sessions = {server: None}, {server}  # pid -> start time, None until it is known
        self._next_look = 0.0

    def members(self):
        return self.among(all_processes(), _session)

    def among(self, processes, session_of):
        """A pid counts as seen before only if it started at the same time: numbers are used again."""
        found = set()
        for pid, each in processes.items():
            known = pid in self._seen and self._seen[pid] in (None, each.started)
            if known or session_of(pid) in self._sessions:
                found.add(pid)
        while True:
            more = {pid for pid, each in processes.items() if each.parent in found and pid not in found}
            if not more:
                break
            found |= more
        found.discard(os.getpid())
        self._seen = {pid: processes[pid].started for pid in found}
        self._sessions = {session_of(pid) for pid in found} - {None, session_of(os.getpid())}
        return [pid for pid in found if not processes[pid].state.startswith("Z")]

    def owners(self, listeners):
        """Its members' sockets: {id: [pid, ...]}, and the members that can't be read: unknown here, so none."""
        members = set(self.members())
        owners = {each.id: [pid for pid in each.pids if pid in members] for each in listeners}
        return {id: pids for id, pids in owners.items() if pids}, []

    def elsewhere(self):
        """There are no network namespaces here."""
        return []

    def kill(self, pid):
        try:
            os.kill(pid, _signal.SIGKILL)
        except OSError:
            pass

    def follow(self):
        """What is seen now is known when its parent is gone."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + _FOLLOW
            self.members()

    def extinct(self):
        return not self.members()


def _session(pid):
    try:
        return os.getsid(pid)
    except OSError:
        return None


def holders(listeners):
    return {each.id: each.pids for each in listeners if each.pids}


def describe(pid):
    return {"pid": pid, "command": command(pid), "cwd": ""}


def command(pid):
    each = all_processes().get(pid)
    return each.command if each else ""


def uid(pid):
    each = all_processes().get(pid)
    return each.uid if each else None
