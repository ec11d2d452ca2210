"""The end of a tree: the ladder is climbed until nobody is left."""

import time

import system
from ladder import Ladder

_GIVE_UP = 5.0  # seconds of killing before a process is reported as a survivor


class Ending:
    def __init__(self, host, tree):
        self._host, self._tree = host, tree
        self._ladder = self._exit = None
        self._killed = {}  # pid -> its command line

    @property
    def has_begun(self):
        return self._ladder is not None

    def begin(self, now, graces):
        self._ladder = self._ladder or Ladder(now, graces)

    def kill_by(self, deadline):
        self._ladder.kill_by(deadline)

    def first_ended(self, now, status):
        self._exit = status
        self.begin(now, [_GIVE_UP])
        self._ladder.leader_gone(now)

    def climb(self, now):
        step = self._ladder.step(now) if self._ladder else None
        if step == "ask":
            self._host.ask()
        elif step == "kill":
            for pid in self._tree.members():
                if pid not in self._killed:  # a dead one has no command line any more
                    self._killed[pid] = system.command(pid)
                self._tree.kill(pid)

    def is_over(self, now):
        if not self._ladder:
            return False
        return now >= self._ladder.kill_at + _GIVE_UP or (self._exit is not None and self._tree.extinct())

    def outcome(self):
        killed = [{"pid": pid, "command": command} for pid, command in self._killed.items()]
        survivors = [] if self._tree.extinct() else [system.describe(pid) for pid in self._tree.members()]
        return {"exit": self._exit, "killed": killed, "survivors": survivors}

    def force(self):
        deadline = time.monotonic() + _GIVE_UP
        while time.monotonic() < deadline:
            self._host.reap()
            if self._tree.extinct():
                return
            for pid in self._tree.members():
                self._tree.kill(pid)
            time.sleep(system.STOPPING)
